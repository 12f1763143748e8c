"""Names in the API's description for sets of words that several documents have under one field."""

ENUM_NAMES = {
    "ApprovalStatus": "apps.approvals.states.RequestStatus",
    "ApprovalStepStatus": "apps.approvals.states.StepStatus",
    "Fulfilment": "apps.requisitions.states.Fulfilment",
    "PurchaseOrderLineStatus": "apps.procurement.states.OrderLineStatus",
    "PurchaseOrderStatus": "apps.procurement.states.OrderStatus",
    "ReceiptStatus": "apps.procurement.states.ReceiptStatus",
    "RequisitionLineStatus": "apps.requisitions.states.LineStatus",
    "RequisitionStatus": "apps.requisitions.states.Status",
    "SupplierStatus": "apps.catalog.models.suppliers.Supplier.Status",
}
