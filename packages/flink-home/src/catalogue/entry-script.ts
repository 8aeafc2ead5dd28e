/**
 * A stand-in for the image's entry script, for pods that call it from a script of their own. Ordinary pods never run it:
 * their command is understood and started directly.
 */
export const ENTRY_SCRIPT = `#!/bin/sh
# Starts a Flink service with the scripts of FLINK_HOME.
home="\${FLINK_HOME:-/opt/flink}"
for file in $(printf '%s' "\${ENABLE_BUILT_IN_PLUGINS:-}" | tr ';' ' '); do
  name="\${file%.jar}"
  if [ ! -e "$home/opt/$file" ]; then
    echo "[ERROR] There is no plug-in $file in $home/opt." >&2
    exit 1
  fi
  mkdir -p "$home/plugins/$name" && ln -sf "$home/opt/$file" "$home/plugins/$name/"
done
case "\${1:-help}" in
  help) echo "Usage: docker-entrypoint.sh (jobmanager|standalone-job|taskmanager|history-server|help) [arguments]" ;;
  jobmanager | standalone-job | taskmanager)
    service="$1"
    shift
    exec "$home/bin/$service.sh" start-foreground "$@"
    ;;
  history-server)
    shift
    exec "$home/bin/historyserver.sh" start-foreground "$@"
    ;;
  *) exec "$@" ;;
esac
`
