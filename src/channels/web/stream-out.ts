/** What a handler may do with an answer that goes on: more text, and whether anybody still reads. */
export type Outflow = { write(text: string): void; end(): void; signal: AbortSignal }

/** Characters that may wait for a reader that does not keep up, before it is let go: it comes back and reads anew. */
const mostWaiting = 1_000_000

/**
 * An answer that goes out piece by piece, each at once. `run` may write from the first moment; `signal` ends when the
 * reader is gone or does not keep up. `run` must not throw.
 */
export function streamOut({ type, run }: { type: string; run: (out: Outflow) => void }): Response {
  const gone = new AbortController()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (): void => {
        if (gone.signal.aborted) return
        gone.abort()
        controller.close()
      }
      run({
        signal: gone.signal,
        end,
        write(text) {
          if (gone.signal.aborted) return
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) < -mostWaiting) end()
        },
      })
    },
    cancel: () => gone.abort(),
  }, new ByteLengthQueuingStrategy({ highWaterMark: 16 * 1024 }))
  // Chunked: else the server first waits for what it could send in one piece. x-accel-buffering keeps a proxy from holding words back.
  return new Response(body, { headers: { 'content-type': type, 'cache-control': 'no-store', 'x-accel-buffering': 'no', 'transfer-encoding': 'chunked' } })
}
