     0.5  operator  life 1 begins
     0.5  user      a user creates FlinkDeployment orders
     0.5  world     … until the job runs as wanted
     0.5  operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
     0.5              event Submit: Starting deployment
     0.5  operator  continueOperation: the cluster is created
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
    50.1  operator  upgrade: image changed; HA metadata holds the last state; waiting for the end of the JobManager Deployment → delete Deployment orders
    50.1              event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> last-state]), starting reconciliation.
    50.1              event Suspended: Suspending existing deployment.
    50.1  operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
    50.9  flink     job 2343dc94 is RESTARTING
    50.9  flink     JobManager orders-fgfdhkljgc-vh487 dies
    51.0  operator  continueOperation: the old cluster makes room → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
    51.0              event Submit: Starting deployment
    51.0  operator  continueOperation: the cluster is created
    51.0  operator  settle: the job is RECONCILING, the JobManager DEPLOYING
    66.5  flink     JobManager orders-cfhfmgjlfm-2rhk2 leads
    66.5  operator  settle: the job is RECONCILING, the JobManager DEPLOYED_NOT_READY
    67.1  flink     job 2343dc94 starts from file:///cp/2343dc944eb8e128d97a54c1b481697d/chk-2 (submission)
    67.9  flink     job 2343dc94 is CREATED
    68.1  operator  settle: the job is CREATED, the JobManager READY
    68.1              event JobStatusChanged: Job status changed from RECONCILING to CREATED
    68.1  flink     job 2343dc94 is RUNNING
    74.3  operator  settle: the job is RUNNING, the JobManager READY
    74.3              event JobStatusChanged: Job status changed from CREATED to RUNNING
