// The page of a short link works without this. With it, a form may carry the phone's position, if its owner ticks that.
for (const form of document.querySelectorAll("form[data-located]")) {
  const wanted = form.querySelector("[name=with_position]");
  if (!navigator.geolocation) continue;
  wanted.closest("label").hidden = false;
  form.addEventListener("submit", (event) => {
    if (!wanted.checked || form.elements.lon.value) return;
    event.preventDefault();
    const send = () => form.submit();
    navigator.geolocation.getCurrentPosition(
      (found) => {
        form.elements.lon.value = found.coords.longitude.toFixed(6);
        form.elements.lat.value = found.coords.latitude.toFixed(6);
        send();
      },
      send,
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  });
}
for (const form of document.forms) {
  // A second tap while the first is on its way says nothing new.
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((b) => (b.disabled = true))));
}
