// Sorts tasks by distance: asks the phone where it is, then sends the form with the place.
const PATIENCE_MS = 10000;

export default function near(form) {
  const said = form.querySelector('[data-said]');
  form.addEventListener('submit', (event) => {
    if (form.longitude.value) return;
    event.preventDefault();
    if (!navigator.geolocation) { said.textContent = form.dataset.failed; return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.longitude.value = coords.longitude.toFixed(6);
      form.latitude.value = coords.latitude.toFixed(6);
      form.submit();
    }, () => { said.textContent = form.dataset.failed; }, { enableHighAccuracy: true, timeout: PATIENCE_MS });
  });
}
