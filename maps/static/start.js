// The start page: the form asks, the answer becomes a card. What the service says enters the page as text only.
(function () {
  "use strict";
  const pointward = (window.pointward = window.pointward || {});
  const words = JSON.parse(document.getElementById("words").textContent);
  const form = document.getElementById("ask");
  const answerPlace = document.getElementById("answer");
  const languageLink = document.querySelector("a.language");
  const moment = form.elements.at;
  const categories = document.getElementById("categories").options;
  const carriedNames = ["edition", "register", "known_at"];
  const carried = new Map();
  let map = null;
  let marks = null;
  let asked = 0;
  let facts = [];

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    askAnew();
  });

  moment.addEventListener("input", () => carried.delete("at"));

  // A click on the map is a position in WGS 84, as exact as a click can be.
  pointward.askOnMap = function (clickedMap, values) {
    map = clickedMap;
    map.createPane("asked");
    marks = L.layerGroup().addTo(map);
    map.on("click", (event) => {
      if (!moment.reportValidity()) {
        return;
      }
      const place = event.latlng.wrap();
      form.elements.lon.value = place.lng.toFixed(6);
      form.elements.lat.value = place.lat.toFixed(6);
      form.elements.datum.value = "wgs84";
      form.elements.accuracy_m.value = values.accuracyM;
      askAnew();
    });
    askFromAddress();
  };

  // A question stands in the page's address, so that it can be passed on and survives a change of language.
  function askFromAddress() {
    const given = new URLSearchParams(location.search);
    for (const field of form.querySelectorAll("input, select")) {
      if (field !== moment && given.has(field.name)) {
        field.value = given.get(field.name);
      }
    }
    carriedNames.filter((name) => given.get(name)).forEach((name) => carried.set(name, given.get(name)));
    if (given.get("at")) {
      carried.set("at", given.get("at"));
      moment.value = writeMoment(given.get("at"));
    }
    facts = given.getAll("fact");
    if (given.has("lon") && given.has("lat")) {
      ask();
    }
  }

  // The field holds no zone and no seconds: a moment from the address goes on as it was given until the field is changed.
  function writeMoment(at) {
    if (!/(Z|[+-]\d\d:?\d\d)$/i.test(at)) {
      const written = at.trim().replace(" ", "T");
      return written.includes("T") ? written.slice(0, 16) : written + "T00:00";
    }
    const instant = new Date(at);
    const written = isNaN(instant) ? "" : instant.toLocaleString("sv-SE", { timeZone: form.dataset.zone });
    return written.slice(0, 16).replace(" ", "T");
  }

  function askAnew() {
    facts = [];
    if (!moment.value) {
      carried.delete("at");
    }
    ask();
  }

  async function ask() {
    const question = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) {
        question.set(name, value.trim());
      }
    }
    carried.forEach((value, name) => question.set(name, value));
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
    const permitted = answer.next.do === "none" && Boolean(answer.permit);
    const say = sayingNumbers(answer, !permitted);
    card.dataset.verdict = answer.verdict;
    card.dataset.do = answer.next.do;
    write(card, "mark", verdict.mark);
    write(card, "verdict", verdict.name);
    write(card, "meaning", permitted ? "" : verdict.meaning);
    write(card, "share", describeShare(lead));
    say(find(card, "next"), answer.next.text);
    find(card, "permit").hidden = !permitted;
    if (permitted) {
      card.prepend(find(card, "next"), find(card, "permit"));
    }
    write(card, "category", nameCategory(answer.category));
    find(card, "lead").hidden = !lead;
    if (lead) {
      write(card, "lead-label", (lead.provisional ? words.provisional : words.lead) + " · " + words.kinds[lead.unit.kind]);
      write(card, "lead-name", lead.unit.name);
      writeTelephone(card, lead.unit.telephone, !permitted);
    }
    const officer = lead ? describePost(lead.post) : "";
    find(card, "officer").hidden = !officer;
    say(find(card, "officer"), officer);
    say(find(card, "text"), answer.text);
    write(card, "border", answer.border.text);
    offerReplies(card, answer.question);
    writeList(card, "warnings", answer.warnings.map((warning) => [words.warnings[warning] || warning]));
    const seen = answer.facts.map((fact) => [words.seen, fact.text]);
    writeList(card, "roles", seen.concat(listRivals(answer), listRoles(answer), listPlaces(answer)), say);
    writeList(card, "areas", answer.areas.map((area) => [words.levels[area.scheme + "/" + area.level], area.name]));
    writeList(
      card,
      "chain",
      answer.chain.map((step) => [step.hit ? words.hit : words.miss, step.why, step.refs.join(words.separator)]),
    );
    const missing = answer.missing.map((key) => words.missing[key] || key);
    write(card, "missing", missing.length ? words.notRecorded + missing.join(words.separator) : "");
    write(card, "source", describeSource(answer));
    pointward.offerDiscrepancy(card, answer);
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
    return [place, accuracy, words.edition + " " + answer.edition.id, sayMoment(answer.at)].join(" · ");
  }

  // To the minute, in the offset it was given with; a moment in UTC is said in the city's time.
  function sayMoment(at) {
    const inUtc = at.endsWith("Z");
    const instant = new Date(inUtc ? at : at.slice(0, 16) + "Z");
    if (isNaN(instant)) {
      return at;
    }
    const language = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-GB";
    const timeZone = inUtc ? form.dataset.zone : "UTC";
    return instant.toLocaleString(language, { dateStyle: "long", timeStyle: "short", timeZone });
  }

  function nameCategory(code) {
    const known = [...categories].find((option) => option.value === code);
    return code ? words.category + " " + (known ? known.textContent : code) : "";
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

  // A writer of texts in which each telephone number, date and post ("A-03") is whole, to be read aloud; the numbers are
  // dialled from here where they may be.
  function sayingNumbers(answer, dialled) {
    const known = telephonesIn(answer).filter((telephone) => /^[\d+*#][\d\s()*#-]+$/.test(telephone));
    known.sort((one, other) => other.length - one.length);
    const escaped = known.map((telephone) => telephone.replace(/[+*()]/g, "\\$&"));
    const telephones = [...escaped, "\\d{3,4}-\\d{4}-\\d{4}"].join("|");
    const pattern = new RegExp("(?:(?<telephone>" + telephones + ")|\\d{4}-\\d\\d-\\d\\d|[A-Z]-\\d+)(?!\\d)", "g");
    return function (place, text) {
      let end = 0;
      for (const { 0: said, index, groups } of text.matchAll(pattern)) {
        if (/\d/.test(text.charAt(index - 1))) {
          continue;
        }
        const isLink = dialled && Boolean(groups.telephone);
        const whole = document.createElement(isLink ? "a" : "span");
        whole.className = "whole";
        whole.textContent = said;
        if (isLink) {
          whole.href = dialling(said);
        }
        place.append(text.slice(end, index), whole);
        end = index + said.length;
      }
      place.append(text.slice(end));
    };
  }

  function telephonesIn(value) {
    if (!value || typeof value !== "object") {
      return [];
    }
    return Object.entries(value).flatMap(([key, item]) =>
      key === "telephone" && item ? [item] : telephonesIn(item),
    );
  }

  function dialling(telephone) {
    return "tel:" + telephone.replace(/[^0-9+*#]/g, "");
  }

  function writeTelephone(card, telephone, dialled) {
    write(card, "telephone", telephone);
    find(card, "no-telephone").hidden = Boolean(telephone);
    if (telephone && dialled) {
      find(card, "telephone").href = dialling(telephone);
    }
  }

  function writeList(card, field, items, say = (place, text) => place.append(text)) {
    const list = find(card, field);
    list.hidden = !items.length;
    for (const texts of items) {
      const item = list.appendChild(document.createElement("li"));
      for (const text of texts.filter(Boolean)) {
        say(item.appendChild(document.createElement("span")), text);
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
