import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node of a cluster in a process of its own, so that it can be ended by itself: node NUMBER of NODES answers HTTP on PORT+NUMBER-1, on 127.0.0.1. */
public class Node {
  public static void main(String[] args) throws Exception {
    // Opened before the node's logging takes over (and later closes) standard output.
    PrintStream out = new PrintStream(new FileOutputStream("/dev/stdout", true), true);
    int number = Integer.parseInt(args[0]), port = Integer.parseInt(args[1]), nodes = Integer.parseInt(args[2]);
    List<String> seeds = new ArrayList<>(), managers = new ArrayList<>();
    for (int i = 1; i <= nodes; i++) {
      seeds.add("127.0.0.1:" + (port + 100 + i - 1));
      managers.add("Node " + i);
    }
    OpenSearchRunner runner = new OpenSearchRunner();
    runner.setMaxHttpPort(65000);
    runner.onBuild((one, settings) -> {
      settings.put("node.name", "Node " + number);
      settings.put("network.host", "127.0.0.1");
      settings.put("discovery.initial_state_timeout", "1s");
      settings.put("http.port", port + number - 1);
      settings.put("transport.port", port + 100 + number - 1);
      settings.putList("discovery.seed_hosts", seeds);
      settings.putList("cluster.initial_cluster_manager_nodes", managers);
      settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
    });
    runner.build(OpenSearchRunner.newConfigs().basePath(args[3]).clusterName("cluster-" + port).numOfNode(1).baseHttpPort(port - 1));
    out.println("ready: http://127.0.0.1:" + (port + number - 1));
    Thread.currentThread().join();
  }
}
