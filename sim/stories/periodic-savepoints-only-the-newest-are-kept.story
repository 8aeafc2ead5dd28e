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
user      360 s pass
operator  snapshots: a periodic savepoint is due → create FlinkStateSnapshot orders-savepoint-periodic-1767225660000
operator  snapshots: the periodic savepoint of 2026-01-01T00:01:00.000Z exists
operator  trigger: the savepoint is asked for → savepoint id-2, merge FlinkStateSnapshot orders-savepoint-periodic-1767225660000
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot orders-savepoint-periodic-1767225660000
operator  snapshots: a periodic savepoint is due → create FlinkStateSnapshot orders-savepoint-periodic-1767225720000
operator  snapshots: the periodic savepoint of 2026-01-01T00:02:00.000Z exists
operator  trigger: the savepoint is asked for → savepoint id-3, merge FlinkStateSnapshot orders-savepoint-periodic-1767225720000
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot orders-savepoint-periodic-1767225720000
operator  snapshots: a periodic savepoint is due → create FlinkStateSnapshot orders-savepoint-periodic-1767225780000
operator  snapshots: the periodic savepoint of 2026-01-01T00:03:00.000Z exists
operator  trigger: the savepoint is asked for → savepoint id-4, merge FlinkStateSnapshot orders-savepoint-periodic-1767225780000
operator  follow: the savepoint is in progress
operator  snapshots: 1 old snapshots go: orders-savepoint-periodic-1767225660000 → delete FlinkStateSnapshot orders-savepoint-periodic-1767225660000
operator  dispose: its savepoint is to be kept
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot orders-savepoint-periodic-1767225780000
operator  snapshots: a periodic savepoint is due → create FlinkStateSnapshot orders-savepoint-periodic-1767225840000
operator  snapshots: the periodic savepoint of 2026-01-01T00:04:00.000Z exists
operator  trigger: the savepoint is asked for → savepoint id-5, merge FlinkStateSnapshot orders-savepoint-periodic-1767225840000
operator  follow: the savepoint is in progress
operator  snapshots: 1 old snapshots go: orders-savepoint-periodic-1767225720000 → delete FlinkStateSnapshot orders-savepoint-periodic-1767225720000
operator  dispose: its savepoint is to be kept
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot orders-savepoint-periodic-1767225840000
operator  snapshots: a periodic savepoint is due → create FlinkStateSnapshot orders-savepoint-periodic-1767225900000
operator  snapshots: the periodic savepoint of 2026-01-01T00:05:00.000Z exists
operator  trigger: the savepoint is asked for → savepoint id-6, merge FlinkStateSnapshot orders-savepoint-periodic-1767225900000
operator  follow: the savepoint is in progress
operator  snapshots: 1 old snapshots go: orders-savepoint-periodic-1767225780000 → delete FlinkStateSnapshot orders-savepoint-periodic-1767225780000
operator  dispose: its savepoint is to be kept
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot orders-savepoint-periodic-1767225900000
operator  snapshots: a periodic savepoint is due → create FlinkStateSnapshot orders-savepoint-periodic-1767225960000
operator  snapshots: the periodic savepoint of 2026-01-01T00:06:00.000Z exists
operator  trigger: the savepoint is asked for → savepoint id-7, merge FlinkStateSnapshot orders-savepoint-periodic-1767225960000
operator  follow: the savepoint is in progress
operator  snapshots: 1 old snapshots go: orders-savepoint-periodic-1767225840000 → delete FlinkStateSnapshot orders-savepoint-periodic-1767225840000
operator  dispose: its savepoint is to be kept
operator  follow: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
operator  follow: the savepoint is at file:///sp/savepoint → merge FlinkStateSnapshot orders-savepoint-periodic-1767225960000
user      a user edits the spec: no periodic savepoints
user      60 s pass
