/* The search box of every page, and the filter of the list of places. Without script there is a
   link to that list. Names are set as text, never as markup. */
(function () {
  "use strict";
  var MOST = 8;

  function folded(text) {
    return text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  function matches(text, query) {
    var words = folded(query).split(" ");
    var within = folded(text);
    return words.every(function (word) { return within.indexOf(word) >= 0; });
  }

  function counted(number) {
    return number === 0 ? "No place found" : number + (number === 1 ? " place found" : " places found");
  }

  function search(form) {
    var places = window.sitePlaces || [];
    var input = form.querySelector("input");
    var list = form.querySelector("ul");
    var status = form.querySelector("[role=status]");
    var up = form.getAttribute("data-search");
    var chosen = -1;

    function choose(number) {
      var options = list.children;
      if (chosen >= 0 && options[chosen]) { options[chosen].setAttribute("aria-selected", "false"); }
      chosen = options.length ? (number + options.length) % options.length : -1;
      if (chosen < 0) { input.removeAttribute("aria-activedescendant"); return; }
      options[chosen].setAttribute("aria-selected", "true");
      options[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen].id);
    }

    function close() {
      chosen = -1;
      list.hidden = true;
      list.textContent = "";
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function open(place) { window.location.href = up + place[4]; }

    function show() {
      close();
      status.textContent = "";
      if (folded(input.value) === "") { return; }
      var found = places.filter(function (place) {
        return matches(place[0] + " " + place[1] + " " + place[3], input.value);
      });
      found.slice(0, MOST).forEach(function (place, number) {
        var option = document.createElement("li");
        option.id = list.id + "-" + number;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = place[0] + " (" + place[2] + " " + place[1] + ")" + (place[3] ? ", " + place[3] : "");
        option.addEventListener("mousedown", function (event) { event.preventDefault(); });
        option.addEventListener("click", function () { open(place); });
        list.appendChild(option);
      });
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      status.textContent = counted(found.length) + (found.length > MOST ? ", the first " + MOST + " shown" : "");
    }

    input.addEventListener("input", show);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { show(); }
        if (event.key === "ArrowDown") { choose(chosen + 1); } else { choose(chosen < 0 ? -1 : chosen - 1); }
      } else if (event.key === "Enter") {
        event.preventDefault();
        var options = list.children;
        if (options.length) { options[Math.max(chosen, 0)].click(); }
      } else if (event.key === "Escape") {
        if (list.hidden) { input.value = ""; }
        status.textContent = "";
        close();
      }
    });
    form.hidden = false;
    form.parentNode.querySelector("[data-without-script]").hidden = true;
  }

  function filter(box) {
    var input = box.querySelector("input");
    var status = box.querySelector("[role=status]");
    var groups = Array.prototype.slice.call(document.querySelectorAll("[data-group]")).reverse();

    input.addEventListener("input", function () {
      var number = 0;
      document.querySelectorAll("li[data-name]").forEach(function (item) {
        var group = item.closest("[data-group]").getAttribute("data-name") || "";
        item.hidden = !matches(item.getAttribute("data-name") + " " + group, input.value);
        number += item.hidden ? 0 : 1;
      });
      groups.forEach(function (group) {
        group.hidden = folded(input.value) !== "" && !group.querySelector("li[data-name]:not([hidden])");
      });
      status.textContent = folded(input.value) === "" ? "" : counted(number);
    });
    box.hidden = false;
  }

  document.querySelectorAll("[data-search]").forEach(search);
  document.querySelectorAll("[data-filter]").forEach(filter);
})();
