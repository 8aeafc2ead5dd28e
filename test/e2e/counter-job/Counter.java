import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.util.Collector;

/**
 * Counts 1, 2, 3 … in keyed state and commits every count exactly once. The position is the source's state, count and sum
 * are the counter's, the files of a checkpoint appear when it is complete: a job that was resumed from nothing, from an
 * old checkpoint or beside another one commits a number twice, and one that lost records leaves a gap or a wrong count.
 * Arguments: where the files go, and the rest after each number in milliseconds; `broken` as third lets main() fail.
 */
public class Counter {
    static final long KEYS = 16;

    public static void main(String[] args) throws Exception {
        if (args.length > 2 && args[2].equals("broken")) throw new IllegalStateException("this version is broken");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        // The maximum, too: a reactive scheduler gives every operator all the slots there are, whatever was set.
        env.fromSequence(1, Long.MAX_VALUE).setParallelism(1).setMaxParallelism(1).uid("numbers")
            .map(new Slowly(Long.parseLong(args[1]))).setParallelism(1).setMaxParallelism(1).uid("slowly")
            .keyBy(number -> number % KEYS, Types.LONG)
            .process(new Count()).uid("count").name("count")
            .sinkTo(FileSink.<String>forRowFormat(new Path(args[0]), new SimpleStringEncoder<>())
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .build()).uid("files");
        env.execute("counter");
    }

    static class Slowly implements MapFunction<Long, Long> {
        private final long restMs;

        Slowly(long restMs) { this.restMs = restMs; }

        @Override
        public Long map(Long number) throws InterruptedException {
            Thread.sleep(restMs);
            return number;
        }
    }

    /** Says for each number how many of its key there were so far, and their sum. */
    static class Count extends KeyedProcessFunction<Long, Long, String> {
        @Override
        public void processElement(Long number, Context context, Collector<String> out) throws Exception {
            ValueState<Long> count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
            ValueState<Long> sum = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", Types.LONG));
            count.update((count.value() == null ? 0 : count.value()) + 1);
            sum.update((sum.value() == null ? 0 : sum.value()) + number);
            out.collect(number + " " + count.value() + " " + sum.value());
        }
    }
}
