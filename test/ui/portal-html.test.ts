import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, double, property, string } from 'fast-check';
import { html } from '#portal/html.ts';
import { tryAgainIn } from '#domain/form-problems.ts';

test('whatever is put into a page stays text: it opens no tag and leaves no attribute', () => {
  holds(
    property(string({ unit: 'grapheme' }), (typed) => {
      const { markup } = html`<i title="${typed}">${typed}</i>`;
      const [, attribute = '', content = ''] = /^<i title="([^"]*)">([^<]*)<\/i>$/.exec(markup) ?? [];
      assert.doesNotMatch(attribute + content, /[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      const read = content.replace(
        /&(amp|lt|gt|quot|#39);/g,
        (entity) => ({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" })[entity] ?? '',
      );
      assert.equal(read, typed);
      assert.equal(content, attribute);
    }),
  );
});

test('what is itself a template is not escaped again, lists are joined, and what is absent leaves nothing', () => {
  const items = ['a', '<b>'].map((word) => html`<li>${word}</li>`);
  assert.equal(html`${items}${false}${undefined}${null}${0}`.markup, '<li>a</li><li>&lt;b&gt;</li>0');
});

test('how long to wait is said in seconds up to a minute and a half, then in minutes, never less than the truth', () => {
  holds(
    property(double({ min: 0, max: 100_000, noNaN: true }), (seconds) => {
      const [, amount, unit] = /^Try again in (\d+) (seconds|minutes)\.$/.exec(tryAgainIn(seconds)) ?? [];
      assert.ok(Number(amount) * (unit === 'minutes' ? 60 : 1) >= seconds);
    }),
  );
});
