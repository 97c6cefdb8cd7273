// The official SDK's side of the client benchmark: does what JavaSide does, says it as one line.
import { Sandbox } from 'e2b'

const [scenario, count, inFlight] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]

async function forEach(times, work) {
  let next = 0
  const one = async () => { while (next < times) await work(next++) }
  await Promise.all(Array.from({ length: Math.min(inFlight, times) }, one))
}

async function lifecycle() {
  const sandbox = await Sandbox.create('base', { timeoutMs: 600000 })
  await sandbox.commands.run('true')
  await sandbox.kill()
}

let sandbox
const path = (index) => `/home/user/many/${index % 100}/${index}`

const scenarios = {
  lifecycle: { run: (times) => forEach(times, lifecycle) },
  output: {
    run: (times) => forEach(times, async () => {
      const result = await sandbox.commands.run('flood', { timeoutMs: 0 })
      if (result.stdout.length !== 100_000_000) throw new Error('length ' + result.stdout.length)
    }),
  },
  files: {
    run: async (times) => {
      await forEach(times, (index) => sandbox.files.write(path(index), 'content of ' + index))
      await forEach(times, async (index) => {
        const text = await sandbox.files.read(path(index))
        if (text !== 'content of ' + index) throw new Error('content ' + text)
      })
    },
  },
  streams: {
    run: async (times) => {
      const open = []
      await forEach(times, async () => {
        open.push(await sandbox.commands.run('idle', { background: true, timeoutMs: 0 }))
      })
      return open
    },
    end: (open) => Promise.all(open.map((one) => one.disconnect())),
  },
}

const chosen = scenarios[scenario]
sandbox = await Sandbox.create('base', { timeoutMs: 600000 })
const warmUp = await chosen.run(Math.max(1, Math.ceil(count / 5)))
await chosen.end?.(warmUp)

let cpu = process.cpuUsage()
const start = performance.now()
const open = await chosen.run(count)
const seconds = (performance.now() - start) / 1000
cpu = process.cpuUsage(cpu)
const sample = { seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6 }
if (chosen.end) {
  let idle = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 50000))
  idle = process.cpuUsage(idle)
  sample.idleCpuSeconds = (idle.user + idle.system) / 1e6
}
sample.peakRssMiB = process.resourceUsage().maxRSS / 1024
await chosen.end?.(open)
await sandbox.kill()
console.log(JSON.stringify(sample))
process.exit(0)
