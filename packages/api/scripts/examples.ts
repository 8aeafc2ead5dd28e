/** The manifests shown on the reference pages. A test checks that each is valid. */

export const examples: Record<string, string> = {
  FlinkDeployment: `
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: orders
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  flinkConfiguration:
    taskmanager.numberOfTaskSlots: "2"
    execution.checkpointing.dir: s3://lake/checkpoints
    execution.checkpointing.savepoint-dir: s3://lake/savepoints
  jobManager:
    resource: { cpu: 1, memory: 2048m }
  taskManager:
    resource: { cpu: 1, memory: 2048m }
  job:
    jarURI: local:///opt/flink/examples/streaming/StateMachineExample.jar
    parallelism: 2
    upgradeMode: savepoint
`,
  FlinkSessionJob: `
apiVersion: flink.apache.org/v1beta1
kind: FlinkSessionJob
metadata:
  name: clicks
spec:
  deploymentName: session-cluster
  job:
    jarURI: https://repository.example.com/clicks-1.0.jar
    parallelism: 4
    upgradeMode: stateless
`,
  FlinkStateSnapshot: `
apiVersion: flink.apache.org/v1beta1
kind: FlinkStateSnapshot
metadata:
  name: orders-before-migration
spec:
  jobReference: { kind: FlinkDeployment, name: orders }
  savepoint:
    path: s3://lake/savepoints
    disposeOnDelete: false
  backoffLimit: 2
`,
  FlinkBlueGreenDeployment: `
apiVersion: flink.apache.org/v1beta1
kind: FlinkBlueGreenDeployment
metadata:
  name: orders
spec:
  configuration:
    kubernetes.operator.bluegreen.abort.grace-period: 10 min
  template:
    spec:
      image: flink:1.20
      flinkVersion: v1_20
      serviceAccount: flink
      flinkConfiguration:
        execution.checkpointing.dir: s3://lake/checkpoints
        execution.checkpointing.savepoint-dir: s3://lake/savepoints
      jobManager:
        resource: { cpu: 1, memory: 2048m }
      taskManager:
        resource: { cpu: 1, memory: 2048m }
      job:
        jarURI: local:///opt/flink/examples/streaming/StateMachineExample.jar
        parallelism: 2
        upgradeMode: savepoint
`,
}
