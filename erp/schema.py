"""How the API describes itself."""

# Names for sets of words that several documents have under one field.
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

SETTINGS = {
    "TITLE": "ERP API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    **dict.fromkeys(("SWAGGER_UI_DIST", "SWAGGER_UI_FAVICON_HREF"), "SIDECAR"),  # nothing from afar
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.operations.probes.schema.add_health",
    ],
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}
