// Package oracle runs the real Kubernetes control plane for Jobs in one process and in virtual
// time.
//
// What. Inside a testing/synctest bubble the API server's request handling (decoding, defaulting,
// admission, REST strategies, validation, conflicts, graceful deletion, finalizers, watches) works
// on an in-memory storage.Interface. The unmodified Job, TTL, CronJob, PodGC, garbage-collector,
// node-lifecycle and taint-eviction controllers and the scheduler talk to it through the real
// client-go clientset and an in-process http.RoundTripper. There are no sockets, no etcd and no
// fakes. Only the kubelet is ours: a driver that carries out the Life of each pod. Every committed
// write is observable.
//
// How to read it. bubble.go opens a bubble; cluster.go builds the cluster in it; database.go,
// storage.go and watch.go are the etcd; apiserver.go is the handler tree over them; transport.go
// and network.go stand between the clients and that tree: latency, rate limits and faults live
// there. gate.go decides in which order things happen that happen at one instant. controllers.go,
// manager.go, garbage.go and scheduler.go start the real components; kubelet.go, node.go and
// life.go are the nodes. What differs between Kubernetes minors is in the shim_13x.go files.
//
// What it refuses to do. It does not model: a Job controller that is wrong here is wrong in
// Kubernetes. It has no ServiceAccount, Priority, LimitRange or ResourceQuota admission, no
// server-side apply (managedFields are off), no priority and fairness, no image pulls and no
// probes. It never sleeps in real time.
package oracle
