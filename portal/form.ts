import { CANCEL_WORDS } from '#domain/asked-words.ts';
import { html, type Html } from './html.ts';
import type { FieldName, ProblemLine } from '#domain/form-problems.ts';

/** Two hidden fields of every form: the one-time number, and the proof that this server gave it to this browser for this address. */
export interface FormTicket {
  action: string;
  nonce: string;
  token: string;
}

/** A form that works without JavaScript. The server judges it, so the browser's own bubbles are off. */
export function form(ticket: FormTicket, content: Html): Html {
  return html`<form method="post" action="${ticket.action}" novalidate>
    <input type="hidden" name="nonce" value="${ticket.nonce}" />
    <input type="hidden" name="token" value="${ticket.token}" />
    ${content}
  </form>`;
}

export function submitButton(label: string): Html {
  return html`<button type="submit" class="button">${label}</button>`;
}

export interface TextField {
  name: FieldName;
  label: string;
  hint?: string | undefined;
  type?: 'text' | 'password';
  autocomplete: 'username' | 'one-time-code' | 'current-password' | 'new-password' | 'off';
  inputmode?: 'numeric' | 'text';
  autocapitalize?: 'none' | 'characters';
  value?: string | undefined;
  look?: 'code' | 'digits';
  /** Ids of further texts that describe the field. */
  describedBy?: readonly string[];
}

/** Label, hint, what is wrong, then the field: in the order in which a screen reader should say them. */
export function textField(field: TextField, problems: readonly ProblemLine[]): Html {
  const wrong = problems.filter((problem) => problem.field === field.name);
  const describedBy = [
    field.hint !== undefined && `${field.name}-hint`,
    wrong.length > 0 && `${field.name}-error`,
    ...(field.describedBy ?? []),
  ]
    .filter((id) => id !== false)
    .join(' ');
  return html`<div class="field${wrong.length > 0 && ' field-wrong'}">
    <label for="${field.name}">${field.label}</label>
    ${field.hint !== undefined && html`<p class="hint" id="${field.name}-hint">${field.hint}</p>`}
    ${wrong.length > 0 && fieldErrors(field.name, wrong)}
    <input
      id="${field.name}"
      name="${field.name}"
      type="${field.type ?? 'text'}"
      class="input ${field.look}"
      autocomplete="${field.autocomplete}"
      autocapitalize="${field.autocapitalize ?? 'none'}"
      autocorrect="off"
      spellcheck="false"
      ${field.inputmode && html` inputmode="${field.inputmode}"`}${field.value !== undefined && html` value="${field.value}"`}${describedBy !== '' && html` aria-describedby="${describedBy}"`}${wrong.length > 0 && html` aria-invalid="true"`}
    />
  </div>`;
}

export function fieldErrors(field: FieldName, wrong: readonly ProblemLine[]): Html {
  return html`<div class="field-error" id="${field}-error">
    ${wrong.map(({ words }) => html`<p><span class="unseen">Error: </span>${words}</p>`)}
  </div>`;
}

/** A box to tick, with what it means below it. */
export function checkBox(box: { name: string; label: string; hint: string; isTicked: boolean }): Html {
  return html`<div class="field radio">
    <input
      type="checkbox"
      id="${box.name}"
      name="${box.name}"
      value="yes"
      aria-describedby="${box.name}-hint"
      ${box.isTicked && html` checked`}
    />
    <label for="${box.name}">${box.label}</label>
    <p class="hint" id="${box.name}-hint">${box.hint}</p>
  </div>`;
}

/** Asked again before it is done, and without JavaScript: the button shows only when the line is opened. */
export function cancelForm(ticket: FormTicket, hint: string = CANCEL_WORDS.hint): Html {
  return html`<details class="cancel">
    <summary>${CANCEL_WORDS.question}</summary>
    <p>${hint}</p>
    ${form(ticket, html`<button type="submit" class="button button-quiet">${CANCEL_WORDS.yes}</button>`)}
  </details>`;
}

/** Lets go of the reset in this browser without ending it. With `idleSeconds`, the script does the same when nobody has been there for so long. */
export function leaveForm(ticket: FormTicket, idleSeconds?: number): Html {
  return html`<div class="leave" ${idleSeconds !== undefined && html`data-idle="${idleSeconds}"`}>
    ${form(ticket, html`<button type="submit" class="button button-quiet">Leave and keep nothing on this computer</button>`)}
  </div>`;
}
