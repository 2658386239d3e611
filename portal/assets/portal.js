// Everything here only makes the pages more pleasant, and each works without it, but for security keys, which no page can ask without script.
// Nothing typed is kept, read or sent by this file.

const TOO_LONG_MS = 15_000;

/** A second click sends nothing again; after a while the button works once more, in case the answer got lost. */
for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    if (form.getAttribute('aria-busy') === 'true') return event.preventDefault();
    form.setAttribute('aria-busy', 'true');
    setTimeout(() => form.removeAttribute('aria-busy'), TOO_LONG_MS);
  });
}

// A page kept alive by the browser for Back may be of a step long past, so it is asked for again.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

document.querySelector('.error-summary')?.focus();

for (const time of document.querySelectorAll('time[datetime]')) {
  const inWords = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' };
  time.textContent = new Intl.DateTimeFormat('en-GB', inWords).format(new Date(time.dateTime));
}

const password = document.querySelector('input[name="password"]');
if (password) offerToShow(password);

/** A button beside the field instead of a second field to compare with. Hidden again before it is sent, so that no browser remembers it as ordinary text. */
function offerToShow(field) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button button-quiet';
  const status = unseen('');
  status.setAttribute('role', 'status');
  const show = (shown) => {
    field.type = shown ? 'text' : 'password';
    button.textContent = shown ? 'Hide' : 'Show';
    button.append(unseen(' password'));
  };
  show(false);
  button.addEventListener('click', () => {
    show(field.type === 'password');
    status.textContent = field.type === 'text' ? 'Your password is shown' : 'Your password is hidden';
  });
  field.form.addEventListener('submit', () => show(false));
  const row = document.createElement('div');
  row.className = 'with-button';
  field.replaceWith(row);
  row.append(field, button, status);
}

const leave = document.querySelector('[data-idle]');
if (leave) leaveWhenNobodyIsThere(() => leave.querySelector('form').submit(), Number(leave.dataset.idle) * 1000);

// A machine that many use goes back to its first page, from wherever somebody left it. That page itself waits for them.
const { kiosk } = document.body.dataset;
if (kiosk) {
  const go = () => leaveWhenNobodyIsThere(() => location.replace('/'), Number(kiosk) * 1000);
  if (location.pathname === '/') addEventListener('keydown', go, { once: true });
  else go();
}

/** A minute's warning first; any key or movement means that somebody is there (WCAG 2.2, 2.2.1). */
function leaveWhenNobodyIsThere(go, idleMs) {
  const warning = document.createElement('div');
  warning.className = 'still-there';
  warning.setAttribute('role', 'alert');
  let timers = [];
  const begin = () => {
    timers.forEach(clearTimeout);
    timers = [setTimeout(warn, idleMs - 60_000), setTimeout(() => go(), idleMs)];
    warning.remove();
  };
  const warn = () => {
    const words = document.createElement('p');
    words.textContent =
      'Are you still there? In one minute this page lets go of your reset, so that nobody else can go on with it. Press any key to stay.';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = 'I am still here';
    warning.replaceChildren(words, button);
    document.querySelector('main').append(warning);
  };
  for (const sign of ['keydown', 'pointerdown', 'pointermove']) addEventListener(sign, begin);
  begin();
}

function unseen(words) {
  const span = document.createElement('span');
  span.className = 'unseen';
  span.textContent = words;
  return span;
}

for (const sheet of document.querySelectorAll('.sheet')) {
  const print = document.createElement('button');
  print.type = 'button';
  print.className = 'button button-quiet no-print';
  print.textContent = 'Print this page';
  print.addEventListener('click', () => window.print());
  sheet.after(print);
}

for (const later of document.querySelectorAll('[data-shown-after]'))
  setTimeout(() => later.removeAttribute('hidden'), Number(later.dataset.shownAfter));

const watched = document.querySelector('[data-watch]');
if (watched) watch(watched.dataset.watch, watched.dataset.shown);

/** Waits for news of the reset by server-sent events, and asks now and then as well: a proxy may hold events back. */
function watch(address, shown) {
  const look = ({ next, afterwards }) => {
    if (next && [next.step, next.for ?? '', next.until ?? '', afterwards?.found ?? ''].join(' ') !== shown) location.reload();
  };
  const events = new EventSource(`${address}/events`);
  events.onmessage = (event) => look(JSON.parse(event.data));
  // A closed source asks no more by itself: the reset has ended, or this browser no longer holds it. The page itself says which.
  events.onerror = () => events.readyState === EventSource.CLOSED && setTimeout(() => location.reload(), 5000);
  const every = shown.includes('directory') ? 2000 : 20_000;
  setInterval(async () => {
    const answer = await fetch(address, { headers: { Accept: 'application/json' } }).catch(() => undefined);
    if (answer?.ok) look(await answer.json());
  }, every);
  addEventListener('pagehide', () => events.close());
}

for (const place of document.querySelectorAll('[data-key]')) if (globalThis.PublicKeyCredential) offerKey(place);

/** Asks a key when its form, or its button in a form, is used; writes the answer into the form, and sends it. */
function offerKey(place) {
  const form = place.closest('form') ?? place.querySelector('form');
  const own = place.querySelector('button');
  const said = place.querySelector('.key-said');
  place.hidden = false;
  form.addEventListener('submit', async (event) => {
    // Of a form that has another button too: that one sends what was typed.
    if (event.submitter && event.submitter !== own) {
      form.elements.answer.value = '';
      return;
    }
    if (event.defaultPrevented) return;
    event.preventDefault();
    said.textContent = '';
    try {
      form.elements.answer.value = JSON.stringify(await askKey(JSON.parse(place.dataset.key)));
      form.submit();
    } catch (error) {
      form.removeAttribute('aria-busy');
      said.textContent =
        error.name === 'InvalidStateError'
          ? 'This key is registered already. Use another one.'
          : 'The key was not used. Plug it in, touch it when the browser asks, and pass its check by PIN or fingerprint.';
    }
  });
}

async function askKey({ get, create }) {
  if (get) {
    const publicKey = { ...get, challenge: bytesOf(get.challenge), userVerification: 'required' };
    const { id, response } = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature } = response;
    return {
      credential: id,
      clientDataJSON: textOf(clientDataJSON),
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
    };
  }
  const publicKey = {
    ...create,
    challenge: bytesOf(create.challenge),
    user: { ...create.user, id: bytesOf(create.user.id) },
    excludeCredentials: create.excludeCredentials.map((one) => ({ ...one, id: bytesOf(one.id) })),
  };
  const { id, response } = await navigator.credentials.create({ publicKey });
  const transports = response.getTransports?.() ?? [];
  return {
    credential: id,
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    transports,
  };
}

function bytesOf(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
}

function textOf(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
