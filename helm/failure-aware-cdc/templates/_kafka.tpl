{{/* The connector's settings without its class and number of tasks, as JSON: the repository's file, then values. */}}
{{- define "cdc.connector.config" -}}
{{- $source := dict "root" . "side" "source" -}}
{{- $config := omit (.Files.Get "files/debezium-postgres.json" | fromJson) "connector.class" "tasks.max" -}}
{{- $_ := set $config "topic.creation.default.replication.factor" (include "cdc.replicationFactor" .) -}}
{{- range $key, $value := .Values.connector.config -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $config $key -}}
{{- else -}}
{{- $_ := set $config $key (include "cdc.settingText" $value) -}}
{{- end -}}
{{- end -}}
{{- /* Where the sink-consumer reads it, whatever the prefix is. */ -}}
{{- if not (hasKey .Values.connector.config "notification.sink.topic.name") -}}
{{- $_ := set $config "notification.sink.topic.name" (printf "%s.notifications" (get $config "topic.prefix")) -}}
{{- end -}}
{{- $_ := set $config "database.hostname" (include "cdc.db.host" $source) -}}
{{- $_ := set $config "database.port" (include "cdc.db.port" $source) -}}
{{- $_ := set $config "database.dbname" .Values.source.database -}}
{{- $_ := set $config "database.user" "cdc_replicator" -}}
{{- /* Resolved by the worker: the password is in no resource and no topic. */ -}}
{{- $_ := set $config "database.password" "${dir:/mnt/source-db:cdc_replicator}" -}}
{{- $_ := set $config "database.sslmode" (include "cdc.db.tlsMode" $source) -}}
{{- if include "cdc.db.caSecret" $source -}}
{{- $_ := set $config "database.sslrootcert" "/mnt/source-ca/ca.crt" -}}
{{- end -}}
{{- toJson $config -}}
{{- end }}

{{/* One setting of the connector. Call with (dict "root" $ "key" "topic.prefix"). */}}
{{- define "cdc.connector.setting" -}}
{{- get (include "cdc.connector.config" .root | fromJson) .key -}}
{{- end }}

{{- define "cdc.connect.url" -}}
http://{{ include "cdc.fullname" . }}-connect-api:8083
{{- end }}

{{/* Environment of a Kafka client. Call with (dict "root" $ "user" "verifier"). */}}
{{- define "cdc.kafka.env" -}}
- name: KAFKA_BOOTSTRAP_SERVERS
  value: {{ include "cdc.fullname" .root }}-kafka-bootstrap:9093
- name: KAFKA_SECURITY_PROTOCOL
  value: SASL_SSL
- name: KAFKA_SASL_MECHANISM
  value: SCRAM-SHA-512
- name: KAFKA_SASL_JAAS_CONFIG
  valueFrom:
    secretKeyRef:
      name: {{ include "cdc.fullname" .root }}-user-{{ .user }}
      key: sasl.jaas.config
- name: KAFKA_SSL_TRUSTSTORE_TYPE
  value: PEM
- name: KAFKA_SSL_TRUSTSTORE_LOCATION
  value: /etc/kafka-ca/ca.crt
{{- end }}

{{- define "cdc.kafka.volume" -}}
- name: kafka-ca
  secret:
    secretName: {{ include "cdc.fullname" . }}-cluster-ca-cert
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}

{{- define "cdc.kafka.mount" -}}
- name: kafka-ca
  mountPath: /etc/kafka-ca
  readOnly: true
{{- end }}
