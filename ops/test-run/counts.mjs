// A reporter for Node's test runner (https://nodejs.org/api/test.html#custom-reporters): the counts of the whole run as
// one JSON object. What was cancelled (a timeout, a file that died) has failed, and a TODO has been skipped.
export default async function* counts(source) {
  let whole;
  for await (const event of source) {
    if (event.type === 'test:summary' && event.data.file === undefined) whole = event.data.counts;
  }
  if (whole) yield JSON.stringify({ passed: whole.passed, failed: whole.failed + whole.cancelled, skipped: whole.skipped + whole.todo });
}
