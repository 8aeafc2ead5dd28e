     0.5  operator  life 1 begins
     0.5  user      a user creates FlinkDeployment orders
     0.5  world     … until the job runs as wanted
     0.6  operator  firstDeploy: first deployment → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
     0.6              event Submit: Starting deployment
     0.6  operator  continueOperation: the cluster is created
     0.6  operator  settle: the job is RECONCILING, the JobManager DEPLOYING
     4.1  flink     JobManager orders-fgfdhkljgc-vh487 leads
     4.1  operator  settle: the job is RECONCILING, the JobManager DEPLOYED_NOT_READY
     4.6  operator  settle: the job is RECONCILING, the JobManager READY
     4.7  flink     job 2343dc94 starts empty (submission)
     5.5  flink     job 2343dc94 is CREATED
     5.7  flink     job 2343dc94 is RUNNING
     7.9  operator  settle: the job is CREATED, the JobManager READY
     7.9              event JobStatusChanged: Job status changed from RECONCILING to CREATED
    11.0  user      … until 2 more checkpoints are complete
    11.0  operator  settle: the job is RUNNING, the JobManager READY
    11.0              event JobStatusChanged: Job status changed from CREATED to RUNNING
    50.1  user      a user edits the spec: a new image
    50.1  world     … until the job runs as wanted
    50.1  operator  upgrade: image changed; upgrade mode is savepoint and the job runs: stop with savepoint first → stop-with-savepoint c70446e65aa5a7d254e78ecdc9466ff9
    50.1              event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
    50.1              event Suspended: Suspending existing deployment.
    50.2  operator  continueOperation: the savepoint is in progress
    52.1  flink     savepoint file:///sp/savepoint-2343dc-3 is complete
    52.4  flink     job 2343dc94 is FINISHED
    52.7  operator  continueOperation: the savepoint is at file:///sp/savepoint-2343dc-3; waiting for the end of the JobManager Deployment → delete Deployment orders
    52.7  operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
    53.5  flink     JobManager orders-fgfdhkljgc-vh487 dies
    53.5  operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
    53.5              event Submit: Starting deployment
    53.5  operator  continueOperation: the cluster is created
    53.5  operator  settle: the job is RECONCILING, the JobManager DEPLOYING
    57.0  flink     JobManager orders-cfhfmgjlfm-4fplv leads
    57.0  operator  settle: the job is RECONCILING, the JobManager DEPLOYED_NOT_READY
    57.6  operator  settle: the job is RECONCILING, the JobManager READY
    57.6  flink     job 05969fb2 starts from file:///sp/savepoint-2343dc-3 (submission)
    58.4  flink     job 05969fb2 is CREATED
    58.6  flink     job 05969fb2 is RUNNING
    60.9  operator  settle: the job is CREATED, the JobManager READY
    60.9              event JobStatusChanged: Job status changed from RECONCILING to CREATED
    63.9  operator  settle: the job is RUNNING, the JobManager READY
    63.9              event JobStatusChanged: Job status changed from CREATED to RUNNING
