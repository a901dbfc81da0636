// Lets the city's time run on between page loads, at the city's own speed.
export default function cityClock(element) {
  const shown = element.querySelector('time');
  const start = Date.parse(element.dataset.now);
  const speed = Number(element.dataset.speed) || 0;
  const began = performance.now();
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  });
  const timer = setInterval(() => {
    if (!element.isConnected) return clearInterval(timer);
    const now = new Date(start + (performance.now() - began) * speed);
    shown.textContent = format.format(now);
    shown.dateTime = now.toISOString();
  }, 1000);
}
