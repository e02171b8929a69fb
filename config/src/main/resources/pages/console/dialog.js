import { html, nothing, render } from '/console/lib/lit-html.js';

const dialog = document.getElementById('ask');

/**
 * Asks before something is done. Fields are {name, label, type, value, required}; gives their values, or null when the
 * reader thinks better of it.
 */
export function consider(title, text, fields, word) {
  return new Promise(resolve => {
    const answer = event => {
      event.preventDefault();
      const given = Object.fromEntries(fields.map(field => [field.name, event.target.elements[field.name].value.trim()]));
      done(given);
    };
    const done = given => {
      dialog.onclose = null;
      dialog.close();
      resolve(given);
    };
    render(html`<form @submit=${answer}>
      <h2 id="ask-title">${title}</h2>
      ${text ? html`<p>${text}</p>` : nothing}
      ${fields.map(field => html`<label>${field.label}
        <input name=${field.name} type=${field.type ?? 'text'} .value=${field.value ?? ''} ?required=${field.required}
          maxlength="256" autocomplete="off"></label>`)}
      <div class="row"><button type="button" @click=${() => done(null)}>Cancel</button>
        <button type="submit" class="main" id="ask-yes">${word}</button></div>
    </form>`, dialog);
    dialog.onclose = () => resolve(null);
    dialog.showModal();
    dialog.querySelector('input, .main').focus();
  });
}
