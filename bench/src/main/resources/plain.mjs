// A review by hand with the official SDK: a sandbox, the agent in it, its answer, and no sandbox.
import { Sandbox } from 'e2b'
import { randomUUID } from 'node:crypto'

async function review() {
  const sandbox = await Sandbox.create('base', { timeoutMs: 3600000 })
  try {
    const result = await sandbox.commands.run(
      'rehearsal_agent.py -p --output-format stream-json --session-id ' + randomUUID(),
      { timeoutMs: 0 })
    if (!result.stdout.includes('"type":"result"')) throw new Error('no result: ' + result.stdout)
  } finally {
    await sandbox.kill()
  }
}

await review()
for (let round = 0; round < Number(process.argv[2]); round++) {
  const start = performance.now()
  await review()
  console.log((performance.now() - start) / 1000)
}
