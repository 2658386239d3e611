// Says under the field what the rules of the account still find wrong, while somebody types. The rules stand above this in the same file
// (domain/password-rules.ts): the server asks the same code again. What is typed stays in the page: nothing here keeps it or sends it.

const place = document.querySelector('[data-judged]');
const field = document.querySelector('input[name="password"]');
if (place && field) sayAsTyped(field, JSON.parse(place.dataset.judged));

function sayAsTyped(field, { policy, names, minLength, words }) {
  const said = document.createElement('p');
  said.className = 'as-typed';
  said.setAttribute('role', 'status');
  field.closest('.field').append(said);
  let timer;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    // Not at every key: a screen reader would never come to an end.
    timer = setTimeout(() => {
      said.textContent = field.value === '' ? '' : sentence(passwordProblems(normalisePassword(field.value), policy, names, minLength));
    }, 400);
  });
  const sentence = (problems) =>
    problems.length > 0
      ? `Not yet: ${problems.map((reason) => words[reason]).join(' ')}`
      : 'Good so far. Whether many people use it, or others would guess it, is looked at when you send it.';
}
