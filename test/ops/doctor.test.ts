import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bad, good, unknown } from '#ops/doctor/finding.ts';
import { verdictOn } from '#ops/doctor/verdict.ts';

test('all is well only when everything could be looked at and is good', () => {
  assert.deepEqual(verdictOn([good('a'), good('b')]), { said: 'All is well.', exitCode: 0 });
  assert.deepEqual(verdictOn([good('a'), unknown('b')]), { said: '1 thing could not be looked at.', exitCode: 1 });
  assert.deepEqual(verdictOn([bad('a', 'mend'), unknown('b'), unknown('c')]), {
    said: '1 thing needs mending. 2 things could not be looked at.',
    exitCode: 1,
  });
});
