// A map that chooses a position: by click, by dragging the pin, or by moving the map under the cross and pressing Enter.
// It says what was chosen (map:picked) and puts the pin where it is told (map:place); the form's part is in position.js.
import { Marker } from '../vendor/maplibre-gl.mjs';

export function wirePicking(map, element, palette) {
  const pin = new Marker({ color: palette.stress, draggable: true });
  const take = (point) => {
    pin.setLngLat(point).addTo(map);
    element.dispatchEvent(new CustomEvent('map:picked', { bubbles: true, detail: { longitude: point.lng, latitude: point.lat } }));
  };
  map.on('click', (event) => take(event.lngLat));
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { event.preventDefault(); take(map.getCenter()); }
  });
  pin.on('dragend', () => take(pin.getLngLat()));
  map.getCanvas().style.cursor = 'crosshair';
  element.addEventListener('map:place', ({ detail }) => {
    const point = [detail.longitude, detail.latitude];
    pin.setLngLat(point).addTo(map);
    map.jumpTo({ center: point, zoom: detail.zoom });
  });
}
