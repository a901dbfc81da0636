// Choosing a position for a form: by click, by moving the map under the cross and pressing Enter, or by the device's own position.
import { Marker } from '../vendor/maplibre-gl.mjs';

const PATIENCE_MS = 10000;
const NEAR_ZOOM = 16;

class OwnPosition {
  constructor(words, use) { this.words = words; this.use = use; }

  onAdd() {
    this.box = document.createElement('div');
    this.box.className = 'maplibregl-ctrl maplibregl-ctrl-group';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'maplibregl-ctrl-geolocate';
    button.title = this.words.mine;
    button.setAttribute('aria-label', this.words.mine);
    const icon = document.createElement('span');
    icon.className = 'maplibregl-ctrl-icon';
    icon.setAttribute('aria-hidden', 'true');
    button.append(icon);
    button.addEventListener('click', this.use);
    this.box.append(button);
    return this.box;
  }

  onRemove() { this.box.remove(); }
}

export function wirePicking(map, element, settings, palette) {
  const { pick, words } = settings;
  const said = element.querySelector('[data-map-picked]');
  const longitude = document.getElementById(pick.longitude);
  const latitude = document.getElementById(pick.latitude);
  const address = pick.address ? document.getElementById(pick.address) : null;
  const pin = new Marker({ color: palette.stress, draggable: true });
  let asked = 0;

  const describe = async (lng, lat) => {
    const number = (asked += 1);
    const answer = await fetch(`/api/geo/position?longitude=${lng}&latitude=${lat}`);
    if (number !== asked) return;
    const text = answer.ok ? (await answer.json()).description : words.outside;
    said.textContent = `${words.picked}：${text}`;
    if (!address || !answer.ok) return;
    if ('value' in address) address.value = text; else address.textContent = text;
  };
  const set = (input, value) => {
    if (!input) return;
    input.value = value;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const take = (point) => {
    const [lng, lat] = [point.lng.toFixed(6), point.lat.toFixed(6)];
    pin.setLngLat(point).addTo(map);
    set(longitude, lng);
    set(latitude, lat);
    describe(lng, lat);
  };
  const own = () => {
    if (!navigator.geolocation) { said.textContent = words.noPosition; return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      map.jumpTo({ center: [coords.longitude, coords.latitude], zoom: NEAR_ZOOM });
      take(map.getCenter());
    }, () => { said.textContent = words.noPosition; }, { enableHighAccuracy: true, timeout: PATIENCE_MS });
  };
  map.addControl(new OwnPosition(words, own), 'top-right');
  map.on('click', (event) => take(event.lngLat));
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { event.preventDefault(); take(map.getCenter()); }
  });
  pin.on('dragend', () => take(pin.getLngLat()));
  map.getCanvas().style.cursor = 'crosshair';
  said.textContent = words.pickHere;
  if (longitude?.value && latitude?.value) {
    const point = { lng: Number(longitude.value), lat: Number(latitude.value) };
    map.jumpTo({ center: point, zoom: NEAR_ZOOM });
    pin.setLngLat(point).addTo(map);
    describe(longitude.value, latitude.value);
  }
}
