// Two buttons on the map: back to the whole city, and to where the visitor stands.
import { Marker } from '../vendor/maplibre-gl.mjs';
import { go } from './finding.js';

const PATIENCE_MS = 10000;
const NEAR_ZOOM = 15.5;
const SHOWN_MS = 6000;

export function wireButtons(map, element, settings, palette) {
  const home = element.querySelector('[data-map-home]');
  const mine = element.querySelector('[data-map-mine]');
  const fault = element.querySelector('[data-map-fault]');
  if (!home) return;
  const dot = new Marker({ color: palette.mine });
  const tell = (text) => {
    fault.textContent = text;
    fault.hidden = false;
    setTimeout(() => { fault.hidden = true; }, SHOWN_MS);
  };
  home.addEventListener('click', () => go(map, ...settings.city.centre, settings.city.zoom));
  mine.addEventListener('click', () => {
    if (!navigator.geolocation) { tell(settings.words.noPosition); return; }
    mine.disabled = true;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      mine.disabled = false;
      dot.setLngLat([coords.longitude, coords.latitude]).addTo(map);
      go(map, coords.longitude, coords.latitude, NEAR_ZOOM);
    }, (error) => {
      mine.disabled = false;
      tell(error.code === 1 ? settings.words.refused : settings.words.noPosition);
    }, { enableHighAccuracy: true, timeout: PATIENCE_MS });
  });
}
