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
    30.1  user      a user deletes the FlinkDeployment
    30.1  world     … until everything is gone
    30.1  flink     job 2343dc94 is CANCELLING
    30.1  operator  teardown: waiting for the end of the JobManager Deployment → cancel 2343dc944eb8e128d97a54c1b481697d, delete Deployment orders
    30.1              event Cleanup: Cleaning up FlinkDeployment
    30.2  operator  teardown: waiting for the end of the JobManager Deployment
    30.2              event Missing: Missing JobManager deployment
    30.9  flink     JobManager orders-fgfdhkljgc-vh487 dies
    30.9  operator  teardown: waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map, delete ConfigMap orders-2343dc944eb8e128d97a54c1b481697d-config-map
    30.9  operator  teardown: nothing of the cluster is left
