/** Whether what is shown follows the desk. */
export type Live = 'connecting' | 'live' | 'reconnecting'

const firstWaitMs = 500
const longestWaitMs = 15_000

/**
 * Hears what changed at the desk, from whichever door. `onOpen` says whether it was lost before (then anything may have
 * changed meanwhile). A lost connection is tried again after half a second, then twice as long each time, 15 s at most.
 */
export function listenLive({ path, onOpen, onSubjects, onState }: { path: string; onOpen: (wasLost: boolean) => void; onSubjects: (subjects: string[]) => void; onState: (live: Live) => void }): void {
  let waitMs = firstWaitMs
  let wasLost = false
  let again: ReturnType<typeof setTimeout> | undefined

  const connect = (): void => {
    const source = new EventSource(path)
    source.addEventListener('open', () => {
      waitMs = firstWaitMs
      onState('live')
      onOpen(wasLost)
    })
    source.addEventListener('message', ({ data }) => {
      const { subjects } = JSON.parse(String(data)) as { subjects: string[] }
      onSubjects(subjects)
    })
    source.addEventListener('error', () => {
      source.close()
      wasLost = true
      onState('reconnecting')
      clearTimeout(again)
      again = setTimeout(connect, waitMs)
      waitMs = Math.min(longestWaitMs, waitMs * 2)
    })
  }
  connect()
}
