// Our own part of a map: controls, names that do not cover each other, and the cells of the heat map.
(function () {
  "use strict";
  const pointward = (window.pointward = window.pointward || {});
  const language = document.documentElement.lang;

  pointward.dressMap = function (map, words) {
    // Not by folium's fit_bounds: that one is animated, and borders outside the first view would stay cut off.
    map.fitBounds(words.corners, { padding: [12, 12], animate: false });
    L.control.zoom({ position: "bottomright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const place = document.getElementById("layers");
    if (place) {
      place.append(map.getContainer().querySelector(".leaflet-control-layers"));
    }
    map.on("zoomend overlayadd resize", () => thinLabels(map));
    thinLabels(map);
  };

  // Names stand in order of the room they have; one that would touch an earlier one is hidden at this zoom.
  function thinLabels(map) {
    const kept = [];
    for (const label of map.getPane("markerPane").querySelectorAll(".area-label")) {
      const box = label.firstElementChild.getBoundingClientRect();
      const isCovered = kept.some(
        (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
      );
      label.classList.toggle("is-covered", isCovered);
      if (!isCovered) {
        kept.push(box);
      }
    }
  }

  // Records counted in cells: rows of [row, its step in degrees of longitude, [column, count, column, count …]].
  const Cells = L.LayerGroup.extend({
    initialize: function (values) {
      L.LayerGroup.prototype.initialize.call(this);
      this.values = values;
      this.rows = new Map();
      this.drawing = L.canvas({ pane: "cells", padding: 0.3 });
      for (const [row, lonStep, pairs] of values.rows) {
        const counts = new Map();
        for (let item = 0; item < pairs.length; item += 2) {
          counts.set(pairs[item], pairs[item + 1]);
          this.addLayer(this.drawCell(row, pairs[item], lonStep, pairs[item + 1]));
        }
        this.rows.set(row, { lonStep: lonStep, counts: counts });
      }
    },

    drawCell: function (row, column, lonStep, count) {
      const south = this.values.originLat + row * this.values.latStep;
      const west = this.values.originLon + column * lonStep;
      const corners = [
        [south, west],
        [south + this.values.latStep, west + lonStep],
      ];
      const colour = this.values.colours[this.values.limits.filter((limit) => limit <= count).length - 1];
      return L.rectangle(corners, {
        renderer: this.drawing,
        pane: "cells",
        stroke: false,
        fillColor: colour,
        fillOpacity: 1,
        interactive: false,
      });
    },

    countAt: function (latlng) {
      const row = Math.floor((latlng.lat - this.values.originLat) / this.values.latStep);
      const cells = this.rows.get(row);
      return cells ? cells.counts.get(Math.floor((latlng.lng - this.values.originLon) / cells.lonStep)) || 0 : 0;
    },

    onAdd: function (map) {
      if (!map.getPane("cells")) {
        map.createPane("cells");
      }
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("mousemove click", this.read, this);
      document.documentElement.dataset.picture = "cells";
    },

    onRemove: function (map) {
      L.LayerGroup.prototype.onRemove.call(this, map);
      this.drawing.remove();
      map.off("mousemove click", this.read, this);
      document.documentElement.dataset.picture = "blur";
    },

    read: function (event) {
      const count = this.countAt(event.latlng);
      const perKm2 = count * this.values.perKm2;
      for (const [id, value] of [["cell-count", count], ["cell-density", perKm2]]) {
        document.getElementById(id).textContent = value.toLocaleString(language);
      }
    },
  });

  pointward.cells = (values) => new Cells(values);

  // Places as dots of one colour: [latitude, longitude, records, words, already HTML].
  pointward.dots = function (values) {
    const dots = values.rows.map(([lat, lon, records, words]) =>
      L.circleMarker([lat, lon], {
        radius: Math.min(4 * Math.sqrt(records), 24),
        color: "#ffffff",
        weight: 1,
        fillColor: values.colour,
        fillOpacity: 0.85,
        className: "dot",
      }).bindTooltip(words, { className: "dot-words" }),
    );
    return L.layerGroup(dots);
  };
})();
