// "This answer is wrong?": a small form at the foot of an answer. What the service says enters the page as text only.
(function () {
  "use strict";
  const pointward = (window.pointward = window.pointward || {});
  const words = JSON.parse(document.getElementById("discrepancy-words").textContent);

  // The whole answer goes with it, so that the service can ask the same question and compare.
  pointward.offerDiscrepancy = function (card, answer) {
    const place = document.getElementById("discrepancy-form").content.firstElementChild.cloneNode(true);
    const form = place.querySelector("form");
    const button = form.querySelector("button");
    let key = newKey();
    form.addEventListener("input", () => {
      key = newKey(); // another text is another discrepancy; the same one sent again is not
      refuse(form, "");
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const comment = form.elements.comment;
      if (!comment.value.trim()) {
        refuse(form, words.missing);
        comment.focus();
        return;
      }
      button.disabled = true;
      const told = await send(readForm(form, answer), key);
      button.disabled = false;
      if (told.refusal) {
        refuse(form, told.refusal);
        return;
      }
      form.hidden = true;
      const receipt = place.querySelector(".receipt");
      receipt.hidden = false;
      writeWhole(receipt, told.text);
      receipt.focus();
    });
    card.append(place);
  };

  function readForm(form, answer) {
    const value = (name) => form.elements[name].value.trim() || null;
    return {
      kind: form.elements.kind.value,
      comment: form.elements.comment.value,
      believed_unit: value("believed_unit"),
      reporter: { contact: value("contact") },
      answer,
    };
  }

  async function send(body, key) {
    const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    try {
      const response = await fetch("/v1/discrepancies?lang=" + lang, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": key },
        body: JSON.stringify(body),
      });
      const content = await response.json();
      return response.ok ? { text: content.text } : { refusal: [content.title, content.detail].join(" · ") };
    } catch {
      return { refusal: words.noReply };
    }
  }

  function refuse(form, text) {
    const place = form.querySelector(".refusal");
    place.textContent = text;
    place.hidden = !text;
  }

  // A date is never broken over two lines.
  function writeWhole(place, text) {
    text.split(/(\d{4}-\d\d-\d\d)/).forEach((part, number) => {
      if (number % 2) {
        const whole = place.appendChild(document.createElement("span"));
        whole.className = "whole";
        whole.textContent = part;
      } else {
        place.append(part);
      }
    });
  }

  // Not randomUUID, which browsers keep from pages that come without encryption.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
})();
