// The start page: the form asks, the answer becomes a card. What the service says enters the page as text only.
(function () {
  "use strict";
  const pointward = (window.pointward = window.pointward || {});
  const words = JSON.parse(document.getElementById("words").textContent);
  const form = document.getElementById("ask");
  const answerPlace = document.getElementById("answer");
  const languageLink = document.querySelector("a.language");
  let map = null;
  let marks = null;
  let asked = 0;
  let facts = [];

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    facts = [];
    ask();
  });

  // A click on the map is a position in WGS 84, as exact as a click can be.
  pointward.askOnMap = function (clickedMap, values) {
    map = clickedMap;
    map.createPane("asked");
    marks = L.layerGroup().addTo(map);
    map.on("click", (event) => {
      const place = event.latlng.wrap();
      form.elements.lon.value = place.lng.toFixed(6);
      form.elements.lat.value = place.lat.toFixed(6);
      form.elements.datum.value = "wgs84";
      form.elements.accuracy_m.value = values.accuracyM;
      facts = [];
      ask();
    });
    askFromAddress();
  };

  // A question stands in the page's address, so that it can be passed on and survives a change of language.
  function askFromAddress() {
    const given = new URLSearchParams(location.search);
    for (const field of form.querySelectorAll("input, select")) {
      if (given.has(field.name)) {
        field.value = given.get(field.name);
      }
    }
    facts = given.getAll("fact");
    if (given.has("lon") && given.has("lat")) {
      ask();
    }
  }

  async function ask() {
    const question = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) {
        question.set(name, value.trim());
      }
    }
    facts.forEach((fact) => question.append("fact", fact));
    history.replaceState(null, "", "?" + question);
    keepQuestionIn(languageLink, question);

    asked += 1;
    const number = asked;
    answerPlace.setAttribute("aria-busy", "true");
    const card = await fetchCard(form.getAttribute("action") + "?" + question);
    if (number !== asked) {
      return; // a later question is under way
    }
    answerPlace.removeAttribute("aria-busy");
    answerPlace.replaceChildren(card);
    bringIntoView(answerPlace);
  }

  function keepQuestionIn(link, question) {
    const other = new URLSearchParams(question);
    other.set("lang", link.hreflang);
    link.href = "?" + other;
  }

  async function fetchCard(address) {
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      const content = await response.json();
      if (response.ok) {
        markPosition(content.position);
        return drawAnswer(content);
      }
      return drawProblem(content);
    } catch {
      return drawProblem({ title: words.noReplyTitle, detail: words.noReplyDetail });
    }
  }

  function drawAnswer(answer) {
    const card = copyTemplate("answer-card");
    const verdict = words.verdicts[answer.verdict];
    const lead = answer.lead;
    card.dataset.verdict = answer.verdict;
    write(card, "mark", verdict.mark);
    write(card, "verdict", verdict.name);
    write(card, "meaning", verdict.meaning);
    write(card, "share", describeShare(lead));
    writeWhole(card, "next", answer.next.text, answer.next.unit.telephone);
    find(card, "lead").hidden = !lead;
    if (lead) {
      write(card, "lead-label", (lead.provisional ? words.provisional : words.lead) + " · " + words.kinds[lead.unit.kind]);
      write(card, "lead-name", lead.unit.name);
      writeTelephone(card, lead.unit.telephone);
    }
    write(card, "officer", lead ? describePost(lead.post) : "");
    writeWhole(card, "text", answer.text, answer.next.unit.telephone);
    write(card, "border", answer.border.text);
    offerReplies(card, answer.question);
    writeList(card, "warnings", answer.warnings.map((warning) => [words.warnings[warning] || warning]));
    const seen = answer.facts.map((fact) => [words.seen, fact.text]);
    writeList(card, "roles", seen.concat(listRivals(answer), listRoles(answer), listPlaces(answer)));
    writeList(card, "areas", answer.areas.map((area) => [words.levels[area.scheme + "/" + area.level], area.name]));
    writeList(
      card,
      "chain",
      answer.chain.map((step) => [step.hit ? words.hit : words.miss, step.why, step.refs.join(words.separator)]),
    );
    const missing = answer.missing.map((key) => words.missing[key] || key);
    write(card, "missing", missing.length ? words.notRecorded + missing.join(words.separator) : "");
    write(card, "source", describeSource(answer));
    return card;
  }

  // Each reply is a button that asks again with what it says.
  function offerReplies(card, question) {
    find(card, "question").hidden = !question;
    if (!question) {
      return;
    }
    write(card, "question-text", question.text);
    const buttons = question.facts.map((reply) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = reply.text;
      button.addEventListener("click", () => {
        facts = [reply.fact];
        ask();
      });
      item.append(button);
      return item;
    });
    find(card, "replies").replaceChildren(...buttons);
  }

  // A whole share says nothing: there is no doubt.
  function describeShare(lead) {
    return lead && lead.p < 1 ? words.share + " " + Math.round(lead.p * 1000) / 10 + " %" : "";
  }

  // The units that may lead instead, each with its share.
  function listRivals(answer) {
    return answer.candidates.slice(1).map((rival) => [words.rival, rival.unit.name, describeShare(rival)]);
  }

  // Who else has a part in it, each with the sense in which.
  function listRoles(answer) {
    const others = [answer.principal, ...answer.supervision, ...answer.assists, ...answer.coordinates].filter(Boolean);
    const roles = others.map((other) => [words.roles[other.role], other.unit.name, describePost(other.post)]);
    const executor = answer.lead && answer.lead.executor;
    return executor ? [[words.roles.executor, executor.name], ...roles] : roles;
  }

  // What the post is called, who holds it or stands in, and the number to call.
  function describePost(post) {
    if (!post) {
      return "";
    }
    const person = post.deputy || post.person;
    if (!person) {
      return post.title + " · " + words.vacant;
    }
    const name = person.name.startsWith(post.title) ? person.name : post.title + " " + person.name;
    const standing = post.deputy ? words.deputy : "";
    const absent = post.deputy || post.on_duty ? "" : words.offDuty;
    return [name + standing, person.telephone, absent].filter(Boolean).join(" · ");
  }

  // The sites and strips of road that the place is on.
  function listPlaces(answer) {
    const sites = answer.checkpoints.map((site) => [words.strips[site.part], site.name]);
    const roads = answer.segments.map((segment) => [
      segment.name,
      words.strips[segment.side] + " " + words.strips[segment.strip] + " · " + segment.chainage_m + " m",
    ]);
    return sites.concat(roads);
  }

  function describeSource(answer) {
    const position = answer.position;
    const accuracy = "± " + position.accuracy_m + " m" + (position.accuracy_assumed ? words.assumed : "");
    const place = "WGS 84 " + position.lon.toFixed(6) + ", " + position.lat.toFixed(6);
    return [place, accuracy, words.edition + " " + answer.edition.id, answer.at].join(" · ");
  }

  function drawProblem(problem) {
    const card = copyTemplate("problem-card");
    write(card, "title", problem.title);
    write(card, "detail", problem.detail);
    return card;
  }

  function markPosition(position) {
    const place = L.latLng(position.lat, position.lon);
    marks.clearLayers();
    const shared = { pane: "asked", interactive: false };
    L.circle(place, { ...shared, radius: position.accuracy_m, className: "accuracy" }).addTo(marks);
    L.circleMarker(place, { ...shared, radius: 6, className: "asked" }).addTo(marks);
    if (!map.getBounds().contains(place)) {
      map.panTo(place);
    }
  }

  function copyTemplate(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }

  function find(card, field) {
    return card.querySelector('[data-field="' + field + '"]');
  }

  function write(card, field, text) {
    const place = find(card, field);
    place.textContent = text;
    place.hidden = !text;
  }

  // A telephone number is not broken across lines: it is read aloud and dialled from here.
  function writeWhole(card, field, text, telephone) {
    const place = find(card, field);
    const pieces = telephone ? text.split(telephone) : [text];
    pieces.forEach((piece, number) => {
      if (number) {
        const whole = place.appendChild(document.createElement("span"));
        whole.className = "whole";
        whole.textContent = telephone;
      }
      place.append(piece);
    });
  }

  function writeTelephone(card, telephone) {
    write(card, "telephone", telephone);
    find(card, "no-telephone").hidden = Boolean(telephone);
    if (telephone) {
      find(card, "telephone").href = "tel:" + telephone.replace(/[^0-9+*#]/g, "");
    }
  }

  function writeList(card, field, items) {
    const list = find(card, field);
    list.hidden = !items.length;
    for (const texts of items) {
      const item = list.appendChild(document.createElement("li"));
      for (const text of texts.filter(Boolean)) {
        item.appendChild(document.createElement("span")).textContent = text;
      }
    }
  }

  function bringIntoView(place) {
    const box = place.getBoundingClientRect();
    if (box.top < 0 || box.top > window.innerHeight * 0.6) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      place.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
  }
})();
