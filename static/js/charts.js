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

  function colors(series, index) {
    if (series.tones && series.tones.length) {
      return series.tones.map(shade);
    }
    return shade(series.tone || round[index % round.length]);
  }

  function datasets(data) {
    return data.series.map(function (series, index) {
      const fill = colors(series, index);
      return {
        label: series.label,
        data: series.values,
        backgroundColor: fill,
        borderRadius: 4,
        maxBarThickness: 32,
      };
    });
  }

  // Names stand better beside their bars than turned under them; times go from left to right.
  function lying(data) {
    return data.kind === "bar";
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
    const ticks = { color: color("subtle"), font: { size: 11 } };
    const names = {
      grid: { display: false },
      border: { color: color("border") },
      ticks: Object.assign({ maxRotation: 0, autoSkip: !lying(data), autoSkipPadding: 12 }, ticks),
    };
    const values = {
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
      type: "bar",
      data: { labels: data.labels, datasets: datasets(data) },
      options: {
        animation: still ? false : { duration: 250 },
        maintainAspectRatio: false,
        indexAxis: lying(data) ? "y" : "x",
        scales: axes(data),
        plugins: {
          legend: {
            display: data.series.length > 1,
            position: "bottom",
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
