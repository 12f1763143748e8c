/*
 * Draws the figures of a page from their JSON blocks in the colours of the theme. The table below
 * each figure says the same in words, for who does not see it.
 */
"use strict";
(function () {
  const drawn = [];

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--erp-" + name).trim();
  }

  function shade(tone) {
    return color("chart-" + (tone || "accent"));
  }

  const round = ["accent", "progress", "warning", "success", "hold", "danger", "neutral"];

  function colors(series, index, data) {
    if (data.kind === "doughnut") {
      return data.labels.map(function (label, position) {
        return shade((series.tones || [])[position] || round[position % round.length]);
      });
    }
    return shade(series.tone || round[index % round.length]);
  }

  function datasets(data) {
    return data.series.map(function (series, index) {
      const fill = colors(series, index, data);
      return {
        label: series.label,
        data: series.values,
        backgroundColor: fill,
        borderColor: data.kind === "doughnut" ? color("surface") : fill,
        borderWidth: data.kind === "bar" ? 0 : 2,
        borderRadius: data.kind === "bar" ? 4 : 0,
        maxBarThickness: 32,
        pointRadius: 2,
        cubicInterpolationMode: "monotone",
      };
    });
  }

  // Many long names stand better beside their bars than turned under them.
  function lying(data) {
    return (
      data.kind === "bar" &&
      data.labels.length > 4 &&
      data.labels.some(function (label) {
        // a Chinese sign is as wide as two letters
        return label.replace(/[^\x00-\xff]/g, "xx").length > 12;
      })
    );
  }

  // 1.5M, 150万: short enough to stand side by side.
  function short(value) {
    try {
      const language = document.documentElement.lang || "en";
      return new Intl.NumberFormat(language, { notation: "compact" }).format(value);
    } catch (error) {
      return value; // Safari before 14.1
    }
  }

  function axes(data) {
    if (data.kind === "doughnut") {
      return {};
    }
    const ticks = { color: color("subtle"), font: { size: 11 } };
    const names = {
      stacked: data.stacked,
      grid: { display: false },
      border: { color: color("border") },
      ticks: Object.assign({ maxRotation: 0, autoSkip: !lying(data), autoSkipPadding: 12 }, ticks),
    };
    const values = {
      stacked: data.stacked,
      beginAtZero: true,
      grid: { color: color("border") },
      border: { display: false },
      ticks: Object.assign({ precision: 0, maxTicksLimit: 6, callback: short }, ticks),
    };
    return lying(data) ? { x: values, y: names } : { x: names, y: values };
  }

  function draw(figure) {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const canvas = figure.querySelector("canvas");
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    return new window.Chart(canvas, {
      type: data.kind,
      data: { labels: data.labels, datasets: datasets(data) },
      options: {
        animation: still ? false : { duration: 250 },
        maintainAspectRatio: false,
        indexAxis: lying(data) ? "y" : "x",
        cutout: data.kind === "doughnut" ? "62%" : undefined,
        scales: axes(data),
        plugins: {
          legend: {
            display: data.kind === "doughnut" || data.series.length > 1,
            position: data.kind === "doughnut" ? "right" : "bottom",
            labels: { color: color("muted"), boxWidth: 10, boxHeight: 10, font: { size: 12 } },
          },
        },
      },
    });
  }

  function drawAll() {
    drawn.splice(0).forEach(function (chart) {
      chart.destroy();
    });
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    document.querySelectorAll("[data-chart]").forEach(function (figure) {
      drawn.push(draw(figure));
    });
  }

  drawAll();
  document.addEventListener("erp:theme", drawAll);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
