import type { Answered } from './peer.ts';
import type { Requirement } from './suite.ts';
import { must } from './verdict.ts';

const typeOf = ({ headers }: Answered): string => (headers['content-type'] ?? 'none').split(';')[0] ?? '';
/** OPTIONS and HEAD aside, whatever was asked in this run. */
const withBody = (heard: readonly Answered[]): Answered[] => heard.filter(({ asked }) => !asked.startsWith('HEAD '));

/** What holds for every answer of the run. */
export const formRequirements: readonly Requirement[] = [
  {
    number: 'F1',
    expected: 'every refusal is application/problem+json with `type`, `title`, its own `status` and a `code` of small letters and dashes',
    async check({ heard }) {
      const refusals = withBody(heard).filter(({ status }) => status >= 400);
      for (const answer of refusals) {
        const { type, title, status, code } = answer.body;
        must(typeOf(answer) === 'application/problem+json', `${answer.asked}: ${answer.status} ${typeOf(answer)}`);
        const isWhole = typeof type === 'string' && typeof title === 'string' && typeof code === 'string' && /^[a-z][a-z-]*$/.test(code);
        must(isWhole && status === answer.status, `${answer.asked}: ${answer.text.slice(0, 200)}`);
      }
      return `so for ${refusals.length} refusals`;
    },
  },
  {
    number: 'F2',
    expected: 'every other answer with a body is application/json; none may be kept (Cache-Control: no-store)',
    async check({ heard }) {
      const answers = withBody(heard);
      for (const answer of answers) {
        const isJson = answer.status >= 400 || answer.text === '' || typeOf(answer) === 'application/json';
        must(isJson, `${answer.asked}: ${typeOf(answer)}`);
        const cache = answer.headers['cache-control'] ?? 'none';
        must(cache.includes('no-store'), `${answer.asked}: Cache-Control ${cache}`);
      }
      return `so for ${answers.length} answers`;
    },
  },
];
