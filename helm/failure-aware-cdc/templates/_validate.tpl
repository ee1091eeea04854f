{{/* What a schema cannot say. Each message names the value to set. Called once, from validate.yaml. */}}
{{- define "cdc.validate" -}}
{{- $values := .Values -}}
{{- $problems := list -}}

{{- if gt (len (include "cdc.fullname" .)) 24 -}}
{{- $problems = append $problems (printf "the name %q is longer than 24 characters: set fullnameOverride to a shorter one" (include "cdc.fullname" .)) -}}
{{- end -}}

{{- range $side := list "source" "sink" -}}
{{- $db := get $values $side -}}
{{- if $db.deploy -}}
{{- if $db.host -}}
{{- $problems = append $problems (printf "%s.host is set, but %s.deploy=true runs a database of its own: set %s.deploy=false, or remove the host" $side $side $side) -}}
{{- end -}}
{{- if not $db.setup.enabled -}}
{{- $problems = append $problems (printf "a database that this release runs is empty: set %s.setup.enabled=true" $side) -}}
{{- end -}}
{{- else -}}
{{- if not $db.host -}}
{{- $problems = append $problems (printf "%s.deploy=false needs your server: set %s.host" $side $side) -}}
{{- end -}}
{{- if and (not $db.existingSecret) (not $db.setup.enabled) -}}
{{- $problems = append $problems (printf "with %s.deploy=false and %s.setup.enabled=false the roles' passwords must be known: set %s.existingSecret" $side $side $side) -}}
{{- end -}}
{{- if and $db.setup.enabled (not $db.existingSecret) (not $db.setup.adminSecret) -}}
{{- $problems = append $problems (printf "the set-up of your own server needs a superuser's password: set %s.setup.adminSecret (key postgres), or %s.setup.enabled=false" $side $side) -}}
{{- end -}}
{{- if and (hasPrefix "verify" $db.tls.mode) (not $db.tls.caSecret) -}}
{{- $problems = append $problems (printf "%s.tls.mode=%s needs a certificate authority: set %s.tls.caSecret" $side $db.tls.mode $side) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- $replicas := int $values.kafka.replicas -}}
{{- if eq (mod $replicas 2) 0 -}}
{{- $problems = append $problems (printf "kafka.replicas=%d: the nodes also vote, so their number must be odd: set 1, 3 or 5" $replicas) -}}
{{- end -}}

{{- $plugin := $values.connect.plugin -}}
{{- if and (eq $plugin.mode "build") (not $plugin.buildOutput) -}}
{{- $problems = append $problems "connect.plugin.mode=build needs a place for the image: set connect.plugin.buildOutput" -}}
{{- end -}}

{{- range $key := list "connector.class" "tasks.max" "name" "database.hostname" "database.port" "database.dbname" "database.user" "database.password" "database.sslmode" "database.sslrootcert" -}}
{{- if hasKey $values.connector.config $key -}}
{{- $problems = append $problems (printf "connector.config cannot set %s: where the source is, is said by source.*, and the rest is fixed" $key) -}}
{{- end -}}
{{- end -}}
{{- range $key := list "topic.prefix" "publication.name" "slot.name" "table.include.list" -}}
{{- if not (include "cdc.connector.setting" (dict "root" $ "key" $key)) -}}
{{- $problems = append $problems (printf "the connector needs %s: remove it from connector.config, or give it a value" $key) -}}
{{- end -}}
{{- end -}}

{{- $partitions := include "cdc.connector.setting" (dict "root" . "key" "topic.creation.default.partitions") | int -}}
{{- $consumer := $values.sinkConsumer -}}
{{- $captured := printf "%s." (include "cdc.connector.setting" (dict "root" . "key" "topic.prefix")) -}}
{{- if hasPrefix $captured $consumer.deadLetterTopic -}}
{{- $problems = append $problems (printf "sinkConsumer.deadLetterTopic=%s is one of the topics %s* that the sink-consumer reads: set another name" $consumer.deadLetterTopic $captured) -}}
{{- end -}}
{{- if $consumer.autoscaling.enabled -}}
{{- if gt (int $consumer.autoscaling.minReplicas) (int $consumer.autoscaling.maxReplicas) -}}
{{- $problems = append $problems "sinkConsumer.autoscaling.minReplicas is above maxReplicas: set it lower" -}}
{{- end -}}
{{- if gt (int $consumer.autoscaling.maxReplicas) $partitions -}}
{{- $problems = append $problems (printf "sinkConsumer.autoscaling.maxReplicas=%d, but a topic has %d partitions and the others would idle: lower it, or raise connector.config.topic\\.creation\\.default\\.partitions before the first install" (int $consumer.autoscaling.maxReplicas) $partitions) -}}
{{- end -}}
{{- else if gt (int $consumer.replicas) $partitions -}}
{{- $problems = append $problems (printf "sinkConsumer.replicas=%d, but a topic has %d partitions and the others would idle: lower it, or raise connector.config.topic\\.creation\\.default\\.partitions before the first install" (int $consumer.replicas) $partitions) -}}
{{- end -}}

{{- if and $values.chaosInjector.enabled (not $values.verifier.enabled) -}}
{{- $problems = append $problems "the chaos-injector asks the verifier for its verdicts: set verifier.enabled=true, or chaosInjector.enabled=false" -}}
{{- end -}}
{{- if and $values.jobs.render (not $values.chaosInjector.enabled) -}}
{{- $problems = append $problems "jobs.render=true makes jobs that call the chaos-injector: set chaosInjector.enabled=true" -}}
{{- end -}}
{{- if and $values.loadGenerator.enabled $values.source.setup.enabled (not $values.source.setup.exampleTables) -}}
{{- $problems = append $problems "the load-generator writes to the example's tables: set loadGenerator.enabled=false, or source.setup.exampleTables=true" -}}
{{- end -}}
{{- if and $values.monitoring.kafka (not $values.monitoring.podMonitors) -}}
{{- $problems = append $problems "monitoring.kafka=true makes metrics that nobody would read: set monitoring.podMonitors=true" -}}
{{- end -}}

{{- /* Only where a cluster can be asked: every namespace has this account, and `helm template` sees none. */ -}}
{{- if lookup "v1" "ServiceAccount" .Release.Namespace "default" -}}
{{- $wanted := list -}}
{{- range $side := list "source" "sink" -}}
{{- $db := get $values $side -}}
{{- $context := dict "root" $ "side" $side -}}
{{- if $db.existingSecret -}}
{{- $keys := include "cdc.db.roles" $context | fromJsonArray -}}
{{- if $db.deploy -}}{{- $keys = append $keys "postgres" -}}{{- end -}}
{{- $wanted = append $wanted (dict "key" (printf "%s.existingSecret" $side) "name" $db.existingSecret "keys" $keys) -}}
{{- end -}}
{{- if and (not $db.deploy) $db.setup.enabled (or $db.existingSecret $db.setup.adminSecret) -}}
{{- $wanted = append $wanted (dict "key" (printf "%s.setup.adminSecret" $side) "name" (include "cdc.db.adminSecret" $context) "keys" (list "postgres")) -}}
{{- end -}}
{{- with include "cdc.db.caSecret" $context -}}
{{- $wanted = append $wanted (dict "key" (printf "%s.tls.caSecret" $side) "name" . "keys" (list $db.tls.caKey)) -}}
{{- end -}}
{{- end -}}
{{- with $values.apiToken.existingSecret -}}
{{- $wanted = append $wanted (dict "key" "apiToken.existingSecret" "name" . "keys" (list "token")) -}}
{{- end -}}
{{- range $want := $wanted -}}
{{- $secret := lookup "v1" "Secret" $.Release.Namespace $want.name -}}
{{- if not $secret -}}
{{- $problems = append $problems (printf "%s: there is no secret %s in namespace %s; make it with the keys %s" $want.key $want.name $.Release.Namespace (join ", " $want.keys)) -}}
{{- else -}}
{{- range $want.keys -}}
{{- if not (dig "data" . "" $secret) -}}
{{- $problems = append $problems (printf "%s: the secret %s has no key %s; add it" $want.key $want.name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if $problems -}}
{{- fail (printf "\n\nThese values do not fit together:\n  - %s\n" (join "\n  - " $problems)) -}}
{{- end -}}
{{- end }}
