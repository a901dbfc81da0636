// Starts the small module named by each element's data-controller, now and whenever HTMX brings new elements.
// A controller is a module in this folder (or `label/name` in another module's static folder) whose default export takes the element.

const started = new WeakSet();
const base = new URL('../../', import.meta.url);

function address(name) {
  return name.includes('/') ? name : `web/js/${name}`;
}

async function start(element) {
  if (started.has(element)) return;
  started.add(element);
  for (const name of element.dataset.controller.split(/\s+/).filter(Boolean)) {
    const where = element.dataset.module ?? new URL(`${address(name)}.js`, base).href;
    const module = await import(where);
    module.default(element);
  }
}

function startAll(root) {
  if (root.matches?.('[data-controller]')) start(root);
  root.querySelectorAll?.('[data-controller]').forEach(start);
}

startAll(document);
document.body.addEventListener('htmx:load', (event) => startAll(event.detail.elt));

// Errors of fragments are shown where people look, with the words the server chose.
document.body.addEventListener('htmx:responseError', (event) => {
  const text = event.detail.xhr.responseText;
  const notices = document.getElementById('notices');
  const parsed = new DOMParser().parseFromString(text, 'text/html').querySelector('.alert');
  if (parsed) notices.replaceChildren(document.importNode(parsed, true));
  setTimeout(() => notices.replaceChildren(), 8000);
});
document.body.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('input[name=csrfmiddlewaretoken]');
  if (token) event.detail.headers['X-CSRFToken'] = token.value;
});
