/** A syslog message as a reader that knows nothing but RFC 5424 §6 understands it: this follows its ABNF, rule by rule. */
export interface ReadSyslog {
  pri: number;
  timestamp: string;
  hostname: string;
  appName: string;
  procId: string;
  msgId: string;
  data: Map<string, Map<string, string>>;
  /** With its byte order mark, where it has one. */
  msg: string | undefined;
}

const MESSAGE =
  /^<(\d|[1-9]\d|1[0-8]\d|19[01])>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /;
const SD_NAME = /[!#-<>-\\^-~]{1,32}/y;

/** Throws when the text is no SYSLOG-MSG. */
export function readSyslog(text: string): ReadSyslog {
  const header = MESSAGE.exec(text);
  if (!header) throw new Error(`no header: ${text.slice(0, 300)}`);
  const [whole, pri = '', timestamp = '', hostname = '', appName = '', procId = '', msgId = ''] = header;
  let at = whole.length;
  const data = new Map<string, Map<string, string>>();
  const take = (expected: string): boolean => {
    if (!text.startsWith(expected, at)) return false;
    at += expected.length;
    return true;
  };
  const name = (): string => {
    SD_NAME.lastIndex = at;
    const [found] = SD_NAME.exec(text) ?? [];
    if (found === undefined) throw new Error(`no SD-NAME at ${at}`);
    at += found.length;
    return found;
  };
  const value = (): string => {
    let read = '';
    for (; text[at] !== '"'; at++) {
      if (text[at] === undefined || text[at] === ']') throw new Error(`a PARAM-VALUE is not ended, or has a bare ] at ${at}`);
      if (text[at] === '\\' && '"\\]'.includes(text[at + 1] ?? ' ')) at++;
      read += text[at];
    }
    return read;
  };
  if (!take('-')) {
    while (take('[')) {
      const id = name();
      if (data.has(id)) throw new Error(`${id} comes twice`);
      const params = new Map<string, string>();
      data.set(id, params);
      while (take(' ')) {
        const param = name();
        if (!take('="')) throw new Error(`no value at ${at}`);
        params.set(param, value());
        if (!take('"')) throw new Error(`no end at ${at}`);
      }
      if (!take(']')) throw new Error(`an SD-ELEMENT is not ended at ${at}`);
    }
    if (data.size === 0) throw new Error('no STRUCTURED-DATA');
  }
  if (at < text.length && !take(' ')) throw new Error(`something follows the structured data at ${at}`);
  return { pri: Number(pri), timestamp, hostname, appName, procId, msgId, data, msg: at <= text.length ? text.slice(at) : undefined };
}

/** Messages in a stream of RFC 5425 §4.3, whole ones only. Throws when a length is no length. */
export function readOctetCounted(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at);
    const length = bytes.toString('latin1', at, space === -1 ? bytes.length : space);
    if (!/^[1-9]\d*$/.test(length)) throw new Error(`"${length.slice(0, 20)}" is no MSG-LEN`);
    const end = space + 1 + Number(length);
    if (space === -1 || end > bytes.length) break;
    messages.push(bytes.toString('utf8', space + 1, end));
    at = end;
  }
  return messages;
}
