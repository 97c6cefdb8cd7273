// What a user of the official SDK does, one scenario after the other; each observation is a line
// name=value, which the test compares. A scenario that throws says so and does not stop the others.
import { Sandbox, Template, waitForFile } from 'e2b'
import { mkdirSync, writeFileSync } from 'node:fs'

const say = (name, value) => console.log(name + '=' + value)
const text = (error) => error.constructor.name + ': ' + error.message

async function scenario(name, run) {
  try {
    await run()
  } catch (error) {
    say(name + '.failed', text(error))
  }
}

async function until(condition) {
  const end = Date.now() + 15000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('not within 15 s: ' + condition)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const sandbox = await Sandbox.create('claude', {
  timeoutMs: 600000, metadata: { app: 'rev iew', k: 'a=b&c' }, envs: { A: '1' } })

await scenario('commands', async () => {
  const done = await sandbox.commands.run('echo $A; echo two >&2')
  say('commands.out', done.stdout.trim() + done.stderr.trim() + done.exitCode)
  try { await sandbox.commands.run('exit 5') } catch (error) {
    say('commands.exit', error.constructor.name + ' ' + error.exitCode) }
  try { await sandbox.commands.run('sleep 60', { timeoutMs: 300 }) } catch (error) {
    say('commands.limit', error.constructor.name) }
  try { await sandbox.commands.run('true', { cwd: '/none' }) } catch (error) {
    say('commands.cwd', error.constructor.name) }
  say('commands.user', (await sandbox.commands.run('id -un', { user: 'root' })).stdout.trim())
  const job = await sandbox.commands.run('sleep 60', { background: true })
  say('commands.listed', (await sandbox.commands.list()).some((one) => one.pid === job.pid))
  say('commands.killed', await job.kill())
  try { await job.wait() } catch (error) { say('commands.killed.how', error.constructor.name) }
  say('commands.killed.again', await sandbox.commands.kill(job.pid))
  const cat = await sandbox.commands.run('cat', { background: true, stdin: true })
  await sandbox.commands.sendStdin(cat.pid, 'typed')
  await sandbox.commands.closeStdin(cat.pid)
  say('commands.stdin', (await cat.wait()).stdout)
  const long = await sandbox.commands.run(
    'while [ ! -e /tmp/go ]; do sleep 0.02; done; echo late; exit 3', { background: true })
  const again = await sandbox.commands.connect(long.pid)
  await sandbox.files.write('/tmp/go', '')
  try { await again.wait() } catch (error) { say('commands.connect', error.stdout.trim() + error.exitCode) }
})

await scenario('files', async () => {
  await sandbox.files.write('/home/user/a/b.txt', 'hello')
  say('files.read', await sandbox.files.read('/home/user/a/b.txt'))
  say('files.list', (await sandbox.files.list('/home/user/a')).map((entry) => entry.name))
  say('files.exists', await sandbox.files.exists('/home/user/none'))
  await sandbox.files.write([
    { path: '/home/user/many/1', data: 'one' }, { path: '/home/user/many/2', data: 'two' }])
  say('files.many', (await sandbox.files.list('/home/user/many')).length)
  say('files.bytes', (await sandbox.files.read('/home/user/many/1', { format: 'bytes' })).length)
  say('files.mkdir', await sandbox.files.makeDir('/home/user/new') + ' '
    + await sandbox.files.makeDir('/home/user/new'))
  say('files.rename', (await sandbox.files.rename('/home/user/a/b.txt', '/home/user/new/c')).path)
  const info = await sandbox.files.getInfo('/home/user/new/c')
  say('files.info', [info.type, info.size, info.owner, info.permissions])
  try { await sandbox.files.read('/home/user/none') } catch (error) {
    say('files.missing', error.constructor.name) }
  await sandbox.files.remove('/home/user/new')
  say('files.removed', await sandbox.files.exists('/home/user/new'))
  const url = await sandbox.uploadUrl('/home/user/signed', { useSignatureExpiration: 60 })
  const form = new FormData()
  form.append('file', new Blob(['by link']), 'signed')
  say('files.signed.put', (await fetch(rewrite(url), {
    method: 'POST', body: form, headers: route(49983) })).status)
  const back = await sandbox.downloadUrl('/home/user/signed')
  say('files.signed.get', await (await fetch(rewrite(back), { headers: route(49983) })).text())
})

// The SDK makes links for https and the cloud's domain; the path and the signature are what counts.
function rewrite(url) {
  const parsed = new URL(url)
  return process.env.E2B_SANDBOX_URL + parsed.pathname + parsed.search
}

function route(port, id = sandbox.sandboxId) {
  return { 'E2b-Sandbox-Id': id, 'E2b-Sandbox-Port': String(port) }
}

await scenario('watch', async () => {
  await sandbox.files.makeDir('/home/user/watched/deep')
  const seen = []
  const handle = await sandbox.files.watchDir(
    '/home/user/watched', (event) => seen.push(event.type + ' ' + event.name), { recursive: true })
  await sandbox.files.write('/home/user/watched/deep/f', 'x')
  await until(() => seen.some((one) => one.startsWith('write')))
  await sandbox.files.remove('/home/user/watched/deep/f')
  await until(() => seen.some((one) => one.startsWith('remove')))
  await handle.stop()
  say('watch.events', seen)
})

await scenario('pty', async () => {
  let said = ''
  const decoder = new TextDecoder()
  const terminal = await sandbox.pty.create({
    cols: 80, rows: 24, timeoutMs: 0, onData: (bytes) => { said += decoder.decode(bytes) } })
  const type = (line) => sandbox.pty.sendInput(terminal.pid, new TextEncoder().encode(line))
  await type('stty size; tty\n')
  await until(() => said.includes('24 80') && said.includes('/dev/pts/'))
  await sandbox.pty.resize(terminal.pid, { cols: 120, rows: 30 })
  await type('stty size\n')
  await until(() => said.includes('30 120'))
  say('pty.kill', await sandbox.pty.kill(terminal.pid))
  try { await terminal.wait() } catch (error) { say('pty.end', error.constructor.name) }
})

await scenario('git', async () => {
  const run = (command) => sandbox.commands.run(command)
  await run('git init -q --bare -b main /tmp/origin.git')
  await sandbox.git.clone('/tmp/origin.git', { path: '/home/user/repo' })
  await sandbox.git.configureUser('Ann', 'ann@example.org')
  await sandbox.git.createBranch('/home/user/repo', 'topic')
  await sandbox.files.write('/home/user/repo/f', '1')
  say('git.untracked', (await sandbox.git.status('/home/user/repo')).fileStatus.length)
  await sandbox.git.add('/home/user/repo')
  await sandbox.git.commit('/home/user/repo', 'a change')
  say('git.branch', (await sandbox.git.branches('/home/user/repo')).currentBranch)
  await sandbox.git.push('/home/user/repo', { remote: 'origin', branch: 'topic' })
  say('git.pushed', (await run('git -C /tmp/origin.git log --format=%an:%s topic')).stdout.trim())
  say('git.clean', (await sandbox.git.status('/home/user/repo')).isClean)
})

await scenario('snapshot', async () => {
  await sandbox.files.write('/home/user/kept', 'kept')
  const snapshot = await sandbox.createSnapshot()
  const listed = await Sandbox.listSnapshots({ sandboxId: sandbox.sandboxId }).nextItems()
  say('snapshot.listed', listed.some((one) => one.snapshotId === snapshot.snapshotId))
  const copy = await Sandbox.create(snapshot.snapshotId, { timeoutMs: 60000 })
  say('snapshot.file', await copy.files.read('/home/user/kept'))
  await copy.kill()
  say('snapshot.deleted', await Sandbox.deleteSnapshot(snapshot.snapshotId) + ' '
    + await Sandbox.deleteSnapshot(snapshot.snapshotId))
  const forked = await sandbox.fork({ timeoutMs: 60000 })
  const fork = Array.isArray(forked) ? forked[0] : forked
  say('snapshot.fork', await fork.files.read('/home/user/kept'))
  await fork.kill()
  const forks = await sandbox.fork({ timeoutMs: 60000, count: 2 })
  say('snapshot.forks', forks.length)
  for (const one of forks) await one.kill()
})

await scenario('metrics', async () => {
  const metrics = await sandbox.getMetrics()
  const one = metrics[metrics.length - 1]
  say('metrics.cpus', one.cpuCount > 0)
  say('metrics.memory', one.memUsed > 0 && one.memUsed < one.memTotal)
  say('metrics.disk', one.diskUsed > 0 && one.diskUsed < one.diskTotal)
})

await scenario('network', async () => {
  await sandbox.updateNetwork({ denyOut: ['10.0.0.0/8'] })
  say('network.shown', (await sandbox.getInfo()).network.denyOut)
})

await scenario('host', async () => {
  const server = "import http.server,sys; s=http.server.HTTPServer(('127.0.0.1',0),"
    + "http.server.SimpleHTTPRequestHandler); print(s.server_port,flush=True); s.serve_forever()"
  await sandbox.files.write('/home/user/web/index.html', 'from inside')
  await sandbox.files.write('/home/user/serve.py', server)
  let port = ''
  await sandbox.commands.run('exec python3 /home/user/serve.py', {
    background: true, cwd: '/home/user/web', timeoutMs: 0, onStdout: (out) => { port += out } })
  await until(() => port.includes('\n'))
  const host = sandbox.getHost(Number(port))
  say('host.name', host.startsWith(port.trim() + '-' + sandbox.sandboxId + '.'))
  const answer = await fetch(process.env.E2B_SANDBOX_URL, { headers: route(port.trim()) })
  say('host.answer', await answer.text())
  const closed = await fetch(process.env.E2B_SANDBOX_URL, { headers: route(1) })
  say('host.closed', closed.status + ' ' + (await closed.json()).message)
})

await scenario('templates', async () => {
  mkdirSync('context/app/sub', { recursive: true })
  writeFileSync('context/app/data.txt', 'copied')
  writeFileSync('context/app/left.out', 'not wanted')
  writeFileSync('context/app/sub/run.sh', 'true')
  writeFileSync('context/.dockerignore', '# a comment\n**/*.out\n')
  const template = Template({ fileContextPath: 'context' })
    .fromTemplate('base')
    .setEnvs({ GREETING: 'hi' })
    .setWorkdir('/home/user/app')
    .copy('app/data.txt', '/home/user/app/data.txt')
    .copy('app', '/srv/app', { user: 'root', mode: 0o750 })
    .copy('app/*.txt', '/srv/texts/')
    .runCmd('echo "$GREETING from the build" | tee built.txt')
    .setStartCmd('touch /tmp/ready', waitForFile('/tmp/ready'))
  const log = []
  await Template.build(template, 'sdk-made', { onBuildLogs: (entry) => log.push(entry.message) })
  say('templates.log', log.some((line) => line.includes('hi from the build')))
  say('templates.exists', await Template.exists('sdk-made') + ' ' + await Template.exists('sdk-not-made'))
  const made = await Sandbox.create('sdk-made', { timeoutMs: 60000 })
  say('templates.files', (await made.commands.run('cat built.txt data.txt; echo; pwd; echo $GREETING')).stdout
    .trim().split('\n').join(','))
  const copied = await made.commands.run('cd /srv/app && find . -type f -exec stat -c %U:%a:%n {} + | sort; find /srv/texts -type f -printf %f', { user: 'root' })
  say('templates.copied', copied.stdout.trim().split('\n').join(','))
  await made.kill()
  await Template.assignTags('sdk-made:default', ['v1', 'old'])
  await Template.removeTags('sdk-made', ['old'])
  say('templates.tags', (await Template.getTags('sdk-made')).map((one) => one.tag).sort())
  try {
    await Template.build(Template().fromTemplate('base').runCmd('exit 4'), 'sdk-broken')
  } catch (error) { say('templates.failure', error.constructor.name) }
})

await scenario('mcp', async () => {
  // E2B's gateway is not here; what counts is what the SDK does with one.
  const gateway = '#!/bin/bash\nmkdir -p /etc/mcp-gateway\necho -n "$GATEWAY_ACCESS_TOKEN" > /etc/mcp-gateway/.token\n'
    + 'echo "$2" > /etc/mcp-gateway/config\n'
  const quoted = "'" + gateway.replaceAll("'", "'\\''") + "'"
  const place = '/opt/repofleet/bin/mcp-gateway'
  await Template.build(
    Template().fromTemplate('base')
      .runCmd(`printf '%s' ${quoted} > ${place} && chmod 755 ${place}`, { user: 'root' }),
    'mcp-gateway')
  const made = await Sandbox.create({ timeoutMs: 60000, mcp: { github: { token: 't' } } })
  say('mcp.config', (await made.files.read('/etc/mcp-gateway/config', { user: 'root' })).trim())
  const token = await made.getMcpToken()
  say('mcp.token', token === await made.files.read('/etc/mcp-gateway/.token', { user: 'root' }))
  say('mcp.url', made.getMcpUrl().startsWith('https://50005-' + made.sandboxId))
  await made.kill()
})

await scenario('life', async () => {
  const pages = Sandbox.list({ query: { metadata: { app: 'rev iew', k: 'a=b&c' } } })
  say('life.found', (await pages.nextItems()).length)
  await sandbox.setTimeout(300000)
  say('life.paused', await sandbox.pause())
  say('life.running', await sandbox.isRunning())
  const again = await Sandbox.connect(sandbox.sandboxId)
  say('life.after', (await again.commands.run('cat /home/user/kept')).stdout)
  const lost = await again.commands.run('sleep 60', { background: true })
  await lost.disconnect()
  await again.pause({ keepMemory: false })
  const booted = await Sandbox.connect(sandbox.sandboxId)
  say('life.booted', await booted.files.read('/home/user/kept') + ' ' + (await booted.commands.list()).length)
  say('life.kill', await again.kill() + ' ' + await again.kill())
  try { await Sandbox.create('none-such') } catch (error) { say('life.template', error.constructor.name) }
})
