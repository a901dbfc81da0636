// Going somewhere on the map, and the map's own search box.
import { Marker } from '../vendor/maplibre-gl.mjs';
import { wireFinder } from './finder.js';

export function go(map, longitude, latitude, zoom) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  map[still ? 'jumpTo' : 'flyTo']({ center: [longitude, latitude], zoom, ...(still ? {} : { duration: 900 }) });
}

export function wireSearch(map, element, settings, palette) {
  const box = element.querySelector('[data-map-search]');
  if (!box) return;
  const pin = new Marker({ color: palette.stress });
  wireFinder(box, settings.words, (found) => {
    pin.setLngLat([found.longitude, found.latitude]).addTo(map);
    go(map, found.longitude, found.latitude, found.zoom);
  });
}
