operator  life 1 begins
user      the Event API answers 500
user      a user creates FlinkDeployment orders
world     … until the job runs as wanted
status    FlinkDeployment orders is UPGRADING
FAULT     call 8 GET /api/v1/namespaces/shop/events/orders.9eaced5148a11d35: HTTP 500
operator  firstDeploy: first deployment → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-1 starts empty (submission)
FAULT     call 25 GET /api/v1/namespaces/shop/events/orders.cf24f48d9b5b633b: HTTP 500
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-1 is CREATED
flink     job id-1 is RUNNING
FAULT     call 31 GET /api/v1/namespaces/shop/events/orders.9c97a2b62ee10400: HTTP 500
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
user      … until 1 more checkpoint is complete
FAULT     call 50 GET /api/v1/namespaces/shop/events/orders.f2f955ffcb50e7fc: HTTP 500
            event JobStatusChanged: Job status changed from CREATED to RUNNING
user      a user edits the spec: a new image
world     … until the job runs as wanted
FAULT     call 58 GET /api/v1/namespaces/shop/events/orders.2224b900be9cdc87: HTTP 500
FAULT     call 59 GET /api/v1/namespaces/shop/events/orders.0be8904e9187acb7: HTTP 500
operator  upgrade: image changed; upgrade mode is savepoint and the job runs: stop with savepoint first → stop-with-savepoint id-2
            event SpecChanged: UPGRADE change(s) detected (Diff: FlinkDeploymentSpec[image : flink:1 -> flink:2, job.upgradeMode : stateless -> savepoint]), starting reconciliation.
            event Suspended: Suspending existing deployment.
operator  continueOperation: the savepoint is in progress
flink     savepoint file:///sp/savepoint is complete
flink     job id-1 is FINISHED
status    FlinkDeployment orders is UPGRADING
FAULT     call 76 GET /api/v1/namespaces/shop/events/orders.c1da9433ca83fed4: HTTP 500
operator  continueOperation: the savepoint is at file:///sp/savepoint; waiting for the end of the JobManager Deployment → delete Deployment orders
            event JobStatusChanged: Job status changed from RUNNING to FINISHED
operator  continueOperation: the old cluster makes room; waiting for the end of the JobManager Deployment
flink     JobManager orders-pod dies
operator  continueOperation: the old cluster makes room; waiting for the end of HA metadata → delete ConfigMap orders-cluster-config-map
FAULT     call 88 GET /api/v1/namespaces/shop/events/orders.9eaced5148a11d35: HTTP 500
operator  continueOperation: the old cluster makes room → create Deployment orders, apply Service orders-rest, apply ConfigMap flink-config-orders, apply ConfigMap autoscaler-orders
            event Submit: Starting deployment
status    FlinkDeployment orders is DEPLOYED
operator  continueOperation: the cluster is created
flink     JobManager orders-pod leads
flink     job id-3 starts from file:///sp/savepoint (submission)
FAULT     call 107 GET /api/v1/namespaces/shop/events/orders.cf24f48d9b5b633b: HTTP 500
            event JobStatusChanged: Job status changed from RECONCILING to INITIALIZING
flink     job id-3 is CREATED
flink     job id-3 is RUNNING
FAULT     call 113 GET /api/v1/namespaces/shop/events/orders.9c97a2b62ee10400: HTTP 500
            event JobStatusChanged: Job status changed from INITIALIZING to CREATED
status    FlinkDeployment orders is STABLE
            event JobStatusChanged: Job status changed from CREATED to RUNNING
