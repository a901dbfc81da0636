// Where the supervisor walks: a position whenever he has moved, kept until it is sent. Only while he has switched it on.
import { put } from './store.js';

const EVERY_MS = 15000;
const NEAR_M = 10;
let watch = null;
let last = null;

function metres(a, b) {
  const half = Math.PI / 360;
  const y = Math.sin((b.latitude - a.latitude) * half);
  const x = Math.sin((b.longitude - a.longitude) * half);
  const both = y * y + Math.cos(a.latitude * 2 * half) * Math.cos(b.latitude * 2 * half) * x * x;
  return 12742017.6 * Math.asin(Math.min(1, Math.sqrt(both)));
}

async function keep({ coords, timestamp }, tell) {
  const point = { stamp: Math.round(timestamp), longitude: coords.longitude, latitude: coords.latitude, accuracy_m: coords.accuracy };
  if (last && point.stamp - last.stamp < EVERY_MS && metres(last, point) < NEAR_M) return;
  last = point;
  await put('points', point);
  tell(point);
}

export const isOn = () => watch !== null;

export function start(tell, failed) {
  if (watch !== null || !navigator.geolocation) { if (!navigator.geolocation) failed(); return; }
  watch = navigator.geolocation.watchPosition((position) => keep(position, tell), failed, { enableHighAccuracy: true, maximumAge: 5000 });
}

export function stop() {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
}
