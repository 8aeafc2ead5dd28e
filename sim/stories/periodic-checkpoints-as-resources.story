operator  life 1 begins
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
world     … until two are taken
operator  snapshots: a periodic checkpoint is due → create FlinkStateSnapshot orders-checkpoint-periodic-1767225660000
operator  snapshots: the periodic checkpoint of 2026-01-01T00:01:00.000Z exists
operator  trigger: the checkpoint is asked for → checkpoint id-2, merge FlinkStateSnapshot orders-checkpoint-periodic-1767225660000
operator  follow: the checkpoint is in progress
operator  follow: the checkpoint is at file:///cp/id-1/chk-3 → merge FlinkStateSnapshot orders-checkpoint-periodic-1767225660000
operator  snapshots: a periodic checkpoint is due → create FlinkStateSnapshot orders-checkpoint-periodic-1767225720000
operator  snapshots: the periodic checkpoint of 2026-01-01T00:02:00.000Z exists
operator  trigger: the checkpoint is asked for → checkpoint id-3, merge FlinkStateSnapshot orders-checkpoint-periodic-1767225720000
operator  follow: the checkpoint is in progress
user      a user edits the spec: no periodic checkpoints
user      30 s pass
operator  follow: the checkpoint is at file:///cp/id-1/chk-7 → merge FlinkStateSnapshot orders-checkpoint-periodic-1767225720000
operator  snapshots: 1 old snapshots go: orders-checkpoint-periodic-1767225660000 → delete FlinkStateSnapshot orders-checkpoint-periodic-1767225660000 — somebody else wrote first
operator  snapshots: 1 old snapshots go: orders-checkpoint-periodic-1767225660000 → delete FlinkStateSnapshot orders-checkpoint-periodic-1767225660000
operator  dispose: checkpoints belong to Flink, which removes them itself
