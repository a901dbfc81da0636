// A form's position: the device's own, found by name, picked on the map, or typed in degrees. Without WebGL all but the map still work.
import { wireFinder } from './finder.js';

const PATIENCE_MS = 10000;
const NEAR_ZOOM = 16.5;
const ROUGH_M = 100; // a position less certain than this should be looked at

export default function position(element) {
  const { words } = JSON.parse(document.getElementById(element.dataset.settings).textContent);
  const part = (name) => element.querySelector(`[data-position-${name}]`);
  const longitude = part('longitude').querySelector('input');
  const latitude = part('latitude').querySelector('input');
  const address = part('address')?.querySelector('input, textarea');
  const map = element.querySelector('[data-map]');
  const degrees = part('degrees');
  const said = part('said');
  const mine = part('mine');
  let written = ''; // what stands in the address because of us; people's own words are left alone
  let asked = 0;

  const say = (text, kind = '') => { said.textContent = text; said.dataset.kind = kind; };
  const filled = () => longitude.value !== '' && latitude.value !== '';
  const place = (zoom) => {
    if (!filled()) return;
    const detail = { longitude: Number(longitude.value), latitude: Number(latitude.value), zoom };
    map.dispatchEvent(new CustomEvent('map:place', { detail }));
  };
  const describe = async (note = '') => {
    const number = (asked += 1);
    const answer = await fetch(`/api/geo/position?longitude=${longitude.value}&latitude=${latitude.value}`).catch(() => null);
    if (number !== asked) return;
    if (!answer?.ok) { say(answer?.status === 422 || answer?.status === 400 ? words.outside : words.failed, 'bad'); return; }
    const text = (await answer.json()).description;
    say([`${words.picked}：${text}`, note].filter(Boolean).join(' · '), 'good');
    if (address && (address.value === '' || address.value === written)) { address.value = text; written = text; }
  };
  const take = (lon, lat, note) => {
    longitude.value = lon.toFixed(6);
    latitude.value = lat.toFixed(6);
    return describe(note);
  };
  const failed = (error) => {
    mine.disabled = false;
    say(error?.code === 1 ? words.refused : words.noPosition, 'bad');
  };

  // A closed part cannot show what is missing or wrong in it.
  degrees.open = degrees.querySelector('.invalid-feedback') !== null;
  degrees.addEventListener('invalid', () => { degrees.open = true; say(words.pickFirst, 'bad'); }, true);
  degrees.addEventListener('change', () => { if (filled()) { place(NEAR_ZOOM); describe(); } });
  element.addEventListener('map:picked', ({ detail }) => take(detail.longitude, detail.latitude));
  element.addEventListener('map:ready', () => place(NEAR_ZOOM));
  wireFinder(element.querySelector('[data-map-search]'), words, (found) => {
    take(found.longitude, found.latitude);
    place(Math.max(found.zoom, 15));
  });
  mine.addEventListener('click', () => {
    if (!navigator.geolocation) { failed(); return; }
    mine.disabled = true;
    say(words.locating);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      mine.disabled = false;
      const metres = Math.round(coords.accuracy);
      take(coords.longitude, coords.latitude, metres > ROUGH_M ? words.rough.replace('{metres}', metres) : '');
      place(NEAR_ZOOM);
    }, failed, { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 5000 });
  });
  if (filled()) describe(); else say(words.pickHere);
  element.dataset.ready = 'yes';
}
