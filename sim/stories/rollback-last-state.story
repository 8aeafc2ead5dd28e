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
    11.0  user      … until 1 more checkpoint is complete
    11.0  operator  settle: the job is RUNNING, the JobManager READY
    11.0              event JobStatusChanged: Job status changed from CREATED to RUNNING
    30.1  user      a user edits the spec: a hanging image
    30.1  world     … until it is rolled back
    30.1  operator  upgrade: image changed; HA metadata holds the last state; waiting for the end of the JobManager Deployment → delete Deployment orders
    30.1              event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:never-ready, job.upgradeMode : stateless -> last-state]), starting reconciliation.
    30.1              event Suspended: Suspending existing deployment.
    30.1  operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
    30.9  flink     job 2343dc94 is RESTARTING
    30.9  flink     JobManager orders-fgfdhkljgc-vh487 dies
    31.0  operator  continueOperation: the old cluster makes room → merge ConfigMap orders-cluster-config-map, create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
    31.0              event Submit: Starting deployment
    31.0  operator  continueOperation: the cluster is created
    31.0  operator  settle: the job is RECONCILING, the JobManager DEPLOYING
    91.0  operator  rollBack: the deployment did not get stable in time: back to the last stable spec; waiting for the end of the JobManager Deployment → delete Deployment orders
    91.0              event Rollback: Rolling back failed deployment.
    91.0  operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
    91.8  operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
    91.8              event Submit: Starting deployment
    91.8  operator  continueOperation: the cluster is created
    91.8  operator  settle: the job is RECONCILING, the JobManager DEPLOYING
    95.3  flink     JobManager orders-cbgcljgdgb-brglj leads
    95.4  operator  settle: the job is RECONCILING, the JobManager DEPLOYED_NOT_READY
    95.9  operator  settle: the job is RECONCILING, the JobManager READY
    95.9  flink     job 2343dc94 starts from file:///cp/2343dc944eb8e128d97a54c1b481697d/chk-1 (submission)
    96.7  flink     job 2343dc94 is CREATED
    96.9  flink     job 2343dc94 is RUNNING
    99.2  operator  settle: the job is CREATED, the JobManager READY
    99.2              event JobStatusChanged: Job status changed from RECONCILING to CREATED
   102.2  operator  settle: the job is RUNNING, the JobManager READY
   102.2              event JobStatusChanged: Job status changed from CREATED to RUNNING
