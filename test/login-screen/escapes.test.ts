import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST, useLoginScreen } from './a-login.ts';
import { Terminal } from './a-terminal.ts';

const screen = useLoginScreen();
const ONLY = 'This account opens the password reset and nothing else.';

test('in the first moment, before the client is there, a key ends the login at most', async () => {
  for (const key of ['C-c', 'C-z', 'C-\\', 'C-d']) {
    const at = await screen.sitDown();
    // The key may throw away the name that login had not read yet: then the line is empty, and it asks again.
    await at.key(key, key, key, 'Enter');
    await Promise.any([at.until(/Leave and go back to the login|login:[^]*login:/), at.ended()]);
    await at.close();
  }
});

test('no key and no sequence of a terminal leaves the client, and what it is asked goes on', async () => {
  const at = await screen.sitDown();
  await at.answer(FIRST, '1');
  await at.until(/Your account name:/);
  await at.key('C-c', 'C-z', 'C-\\', 'C-d', 'C-q', 'C-s', 'C-v', 'C-o', 'Escape', 'Up', 'F1', 'F12', 'Home', 'PageUp');
  await at.bytes(0, 1, 0x1b, 0x5d, 0x30, 0x3b, 0x78, 7, 0xff, 0xc0, 0x9b, 0x80, 0xf4, 0x90);
  await at.resize(20, 5);
  await at.resize(132, 50);
  await at.resize(80, 40);
  await at.key('Enter');
  const shown = await at.until(/does not send it as UTF-8/);
  assert.match(shown, /To leave, press Enter alone/);
  const running = (await screen.machine.exec('ps', '-o', 'stat=,args=', '-u', 'reset')).trim().split('\n');
  assert.equal(running.length, 1, 'one program, and no other');
  assert.match(running[0] ?? '', /^[SR]\S* .*login-screen/, 'it is not stopped');
  await at.type('fatima.noor');
  await at.key('Enter');
  await at.until(/Show that it is you/);
  await at.close();
});

test('a line of a megabyte is forgotten as it comes', async () => {
  const at = await screen.sitDown();
  await at.answer(FIRST, '1');
  await at.until(/Your account name:/);
  await at.paste('x'.repeat(1 << 20));
  await at.key('Enter');
  await at.until(/That line was too long\. Nothing of it was kept/);
  const rss = Number((await screen.machine.exec('ps', '-o', 'rss=', '-u', 'reset')).trim());
  assert.ok(rss < 150_000, `${rss} kB`);
  await at.type('fatima.noor');
  await at.key('Enter');
  await at.until(/Show that it is you/);
  await at.close();
});

test('variables at the login prompt, which Debian’s login takes, reach nobody', async () => {
  const { machine } = screen;
  // The same door with another program behind it shows that they do come through.
  await machine.exec(
    'sh',
    '-c',
    'useradd -M -s /usr/bin/env open-door && sed "s/user = reset/user = open-door/" /etc/pam.d/login > /tmp/login && sed -i "0,/^auth .success=done/s//$(grep "user = open-door" /tmp/login)\\n&/" /etc/pam.d/login',
  );
  const open = await Terminal.start(machine.inside('login'), { TERM: 'linux' });
  await open.answer('login', 'open-door NODE_OPTIONS=--require=/etc/passwd');
  await open.until(/NODE_OPTIONS=--require=\/etc\/passwd/);
  await open.close();
  await machine.exec('sed', '-i', '/user = open-door/d', '/etc/pam.d/login');

  for (const said of [
    'reset NODE_OPTIONS=--require=/etc/passwd',
    'reset NODE_EXTRA_CA_CERTS=/tmp/x NODE_TLS_REJECT_UNAUTHORIZED=0 NODE_V8_COVERAGE=/tmp/cover',
    'reset LC_ALL=tr_TR.ISO8859-9 LANG=C TERM=dumb TZ=Asia/Dhaka SHELL=/bin/sh',
  ]) {
    const at = await Terminal.start(screen.machine.inside('login'), { TERM: 'linux' });
    await at.answer('login', said);
    await at.until(/Leave and go back to the login|Password:/);
    const shown = await at.shown();
    if (!/Password:/.test(shown)) {
      const pid = (await screen.machine.exec('pgrep', '-n', '-u', 'reset')).trim();
      const variables = (await screen.machine.exec('cat', `/proc/${pid}/environ`)).split('\0').filter(Boolean);
      assert.deepEqual(
        variables.map((one) => one.split('=')[0]),
        ['TERM'],
        'the environment is empty but for the kind of terminal',
      );
      const limits = await screen.machine.exec('cat', `/proc/${pid}/limits`);
      assert.match(limits, /Max core file size\s+1\s+1\s/);
      assert.match(limits, /Max file size\s+0\s+0\s/);
      assert.match(await screen.machine.exec('cat', `/proc/${pid}/status`), /NoNewPrivs:\s+1/);
    }
    await at.close();
  }
});

test('the program itself takes no argument and no pipe', async () => {
  const { machine } = screen;
  for (const args of [
    ['-c', 'id'],
    ['--help'],
    ['-c', '/usr/bin/countersign-login; id'],
    ['-c', '/usr/bin/countersign-login', 'id'],
    ['/etc/passwd'],
  ]) {
    const at = await Terminal.start(
      machine.inside('setpriv', '--reuid=reset', '--regid=reset', '--clear-groups', '/usr/bin/countersign-login', ...args),
    );
    await at.until((shown) => shown.includes(ONLY));
    assert.equal(await at.ended(), '1');
    await at.close();
  }
  const piped = machine.exec(
    'sh',
    '-c',
    'echo 1 | setpriv --reuid=reset --regid=reset --clear-groups /usr/bin/countersign-login 2>&1 || true',
  );
  assert.match(await piped, /needs a terminal/);
});

test('another local user cannot become reset, and no password opens it', async () => {
  const { machine } = screen;
  await machine.exec('sh', '-c', 'id mallory 2>/dev/null || useradd -m -s /bin/sh mallory');
  for (const password of ['', '*', 'reset']) {
    const at = await Terminal.start(
      machine.inside('setpriv', '--reuid=mallory', '--regid=mallory', '--clear-groups', 'su', 'reset', '-c', 'id'),
    );
    await at.answer('Password', password);
    await at.until(/Authentication failure/);
    assert.notEqual(await at.ended(), '0');
    await at.close();
  }
});

test('over ssh: the client on a terminal, and no command, file, subsystem, tunnel or variable', async () => {
  const { machine } = screen;
  await machine.exec(
    'sh',
    '-c',
    'test -f /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key; /usr/sbin/sshd -p 2222 -o ListenAddress=127.0.0.1',
  );
  const options = [
    '-p',
    '2222',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-F',
    '/dev/null',
  ];
  const at = await Terminal.start(
    machine.inside('ssh', '-tt', ...options, '-o', 'SetEnv=LC_ALL=xx NODE_OPTIONS=--version', 'reset@127.0.0.1', 'id; cat /etc/passwd'),
  );
  const shown = await at.until(/Leave and go back to the login/);
  assert.doesNotMatch(shown, /uid=|root:x/);
  await at.key('C-c', 'C-\\', 'C-z');
  await at.answer(FIRST, '3');
  assert.equal(await at.ended(), '0');
  await at.close();

  const tried = async (...command: string[]) => machine.exec('sh', '-c', '"$@" </dev/null 2>&1; echo "ended with $?"', 'sh', ...command);
  assert.match(await tried('ssh', ...options, 'reset@127.0.0.1', 'id'), /needs a terminal\.\s+ended with 1/);
  const scp = ['-P', ...options.slice(1)];
  for (const protocol of [[], ['-O']]) {
    const copied = await tried('scp', ...protocol, ...scp, 'reset@127.0.0.1:/etc/passwd', '/tmp/stolen');
    assert.doesNotMatch(copied, /ended with 0/, copied);
    await assert.rejects(machine.exec('test', '-s', '/tmp/stolen'));
  }
  assert.doesNotMatch(await tried('sftp', ...scp, 'reset@127.0.0.1'), /ended with 0|sftp>/);
  const tunnel = await tried(
    'timeout',
    '5',
    'ssh',
    ...options,
    '-o',
    'ExitOnForwardFailure=yes',
    '-W',
    '127.0.0.1:2222',
    'reset@127.0.0.1',
  );
  assert.match(tunnel, /administratively prohibited|forwarding|ended with (255|1)/);
  assert.doesNotMatch(tunnel, /SSH-2\.0/, 'nothing comes through');
});

test('the network of the account ends at the portal', async () => {
  const { machine, stack } = screen;
  const port = new URL(stack.run.portal).port;
  await machine.exec(
    'sh',
    '-c',
    `sed -e 's/192.0.2.10/127.0.0.1/' -e 's/portal_port = 443/portal_port = ${port}/' /usr/lib/countersign/login-screen.nft > /etc/countersign/login-screen.nft && nft -f /etc/countersign/login-screen.nft && nft -f /etc/countersign/login-screen.nft`,
  );
  const reaches = async (target: string, user: string) =>
    (
      await machine.exec(
        'sh',
        '-c',
        `setpriv --reuid=${user} --clear-groups --regid=${user} bash -c 'exec 3<>/dev/tcp/127.0.0.1/${target}' >/dev/null 2>&1; echo $?`,
      )
    ).trim();
  assert.equal(await reaches(port, 'reset'), '0');
  assert.equal(await reaches('2222', 'root'), '0', 'there is something to be reached');
  assert.equal(await reaches('2222', 'reset'), '1');
  const at = await screen.sitDown();
  await at.until(/Leave and go back to the login/);
  await at.close();
});

test('taken away, the machine is as it was before', async () => {
  const { machine } = screen;
  const state = () =>
    machine.exec(
      'sh',
      '-c',
      'cat /etc/pam.d/login /etc/pam.d/sshd /etc/issue; getent passwd reset; ls /etc/ssh/sshd_config.d /var/lib/countersign-login 2>&1 || true',
    );
  const there = await state();
  await machine.exec('/usr/lib/countersign/countersign-login-setup', 'install', '--ssh');
  assert.equal(await state(), there, 'a second time changes nothing');
  await machine.exec('/usr/lib/countersign/countersign-login-setup', 'remove');
  const gone = await state();
  assert.doesNotMatch(gone, /countersign: |user = reset|Log in as: reset|^reset:/m);
  const original = await machine.exec('sh', '-c', 'dpkg --verify login openssh-server | grep -F pam.d || true');
  assert.equal(original, '', 'the files of other packages are as those packages brought them');
});
