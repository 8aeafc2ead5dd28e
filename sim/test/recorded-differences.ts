/** What the model does otherwise than a real JobManager, each with its reason. */
interface Difference {
  pattern: RegExp
  because: string
}

/** Requests of the story that mean nothing to the model. */
export const notAsked: readonly Difference[] = [
  { pattern: /\/1d00/, because: 'ids that the server chose in the recording' },
  {
    pattern: /jars: POST \/jars\/empty\.jar/,
    because: 'the recorded jar was a file of no bytes; here only its name counts',
  },
  { pattern: /BOGUS"\]/, because: 'a main() that refuses its arguments: here arguments mean nothing' },
]

/** A difference that matches none of them fails the test. */
export const differences: readonly Difference[] = [
  { pattern: /details\/\d+ null: HTTP 404/, because: 'checkpoints have other numbers here' },
  {
    pattern: /FAILING/,
    because: 'the model goes to FAILED at once: no state between is acted upon otherwise than RESTARTING',
  },
  {
    pattern: /(restarted|cancelling|canceled): GET \/jobs\/\w+ null: state is \w+ instead of/,
    because:
      '/jobs/:id comes from a cache of its own in Flink; the model shows it as it is (the operator asks /jobs/overview)',
  },
  {
    pattern: /state is CREATED instead of RUNNING|says is CREATED instead of RUNNING/,
    because: 'CREATED lasts 200 ms here, and hardly at all there',
  },
  { pattern: /accumulated-busy-time/, because: 'metrics are not modelled' },
  {
    pattern: /\.tasks\.\w+ is missing/,
    because: 'the model’s jobs have one vertex, and checkpoints are not told by vertex',
  },
  {
    pattern: /history\[\]\.(external_path|discarded|savepointFormat|failure_)/,
    because: 'what was in progress or had failed at that moment',
  },
  {
    pattern: /latest\.failed(\.savepointFormat)? is/,
    because: 'whether a checkpoint or a savepoint failed last, and how soon the statistics say so',
  },
  {
    pattern: /latest\.restored is object/,
    because: 'the model names the restored checkpoint as soon as the job restarts, Flink when its tasks run',
  },
  {
    pattern: /stop-with-savepoint: .*latest\.savepoint is object/,
    because: 'the statistics of a stopped job do not show its last savepoint yet in the recording',
  },
  {
    pattern: /checkpoint-in-progress: .*details\/\d+ null|savepoints\/7e570000000000000000000000000028 null/,
    because: 'a halted TaskManager held this savepoint for as long as wanted',
  },
  {
    pattern: /submitted-no-slots: .*(checkpoints|savepoints)\/7e57\d+ null: (says is COMPLETED|\.operation is object)/,
    because: 'no is said after 40 ms here',
  },
  {
    pattern: /cause is not org\.apache\.flink\.core\.fs\.Unsupported/,
    because: 'every directory that cannot be written fails alike here',
  },
  {
    pattern: /initializing-run-answer.*cause is not/,
    because: 'the recorded savepoint was garbage; here it does not exist',
  },
  {
    pattern: /cancelling: .*(cause is not|execution-result null)/,
    because: 'tasks of a job that is being cancelled end at once here, and the job within 900 ms',
  },
]
