// Keeps a form from being sent twice by a double click.
export default function once(form) {
  form.addEventListener('submit', () => {
    const buttons = form.querySelectorAll('button:not([type=button])');
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
  });
  window.addEventListener('pageshow', () => form.querySelectorAll('button').forEach((button) => { button.disabled = false; }));
}
