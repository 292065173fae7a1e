// The API documentation: Swagger UI on our own OpenAPI file, with no validator on another host.
(function () {
  "use strict";
  const place = document.getElementById("documentation");
  SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
  });
})();
