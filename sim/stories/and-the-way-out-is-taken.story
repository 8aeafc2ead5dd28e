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
user      … until 2 more checkpoints are complete
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user edits the spec: suspended
world     … until it is suspended
status    FlinkDeployment orders is UPGRADING
operator  upgrade: job.state changed; HA metadata holds the last state; the JobManager ends before its TaskManagers → merge Deployment orders
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[job.state : running -> suspended, job.upgradeMode : stateless -> last-state]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the old cluster makes room; the JobManager ends before its TaskManagers
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment → delete Deployment orders
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
status    FlinkDeployment orders is SUSPENDED
user      somebody deletes the HA ConfigMaps
user      5 s pass
operator  continueOperation: the job is stopped and its state kept as the spec asks
user      a user edits the spec: running
user      60 s pass
operator  upgrade: HA metadata is not available to restore from last state. It is possible that the job has finished or terminally failed, or the configmaps have been deleted. Manual restore required.
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[job.state : suspended -> running]), starting reconciliation.
            event RestoreFailed: HA metadata is not available to restore from last state. It is possible that the job has finished or terminally failed, or the configmaps have been deleted. Manual restore required. Set spec.job.initialSavepointPath to the state to resume from and change spec.job.savepointRedeployNonce.
user      a user names the newest checkpoint and a redeploy nonce
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
operator  upgrade: savepointRedeployNonce changed: redeploy from file:///cp/id-1/chk-2 → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event SpecChanged: SAVEPOINT_REDEPLOY change(s) detected (Diff: FlinkDeploymentSpec[job.state : suspended -> running, job.initialSavepointPath : null -> file:///cp/id-1/chk-2, job.savepointRedeployNonce : null -> 1]), starting reconciliation.
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-2 starts from file:///cp/id-1/chk-2 (submission)
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-2 is CREATED
flink     job id-2 is RUNNING
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
