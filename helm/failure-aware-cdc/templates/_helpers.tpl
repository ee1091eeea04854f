{{/* Prefix of all names. */}}
{{- define "cdc.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name -}}
{{- end }}

{{/* Labels by which pods of a component are found; they never change. Call with (dict "root" $ "component" "verifier"). */}}
{{- define "cdc.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of pods. No version: a new chart that changes nothing else must not roll them. */}}
{{- define "cdc.podLabels" -}}
{{ include "cdc.selectorLabels" . }}
app.kubernetes.io/part-of: {{ .root.Chart.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* Labels of everything else. */}}
{{- define "cdc.labels" -}}
{{ include "cdc.podLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Labels of Strimzi's resources. Strimzi hands labels such as helm.sh/chart on to pods and rolls them on a change. */}}
{{- define "cdc.strimziLabels" -}}
{{ include "cdc.podLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- end }}

{{/* What the chaos-injector may touch carries this label; nothing does while there is no injector. */}}
{{- define "cdc.chaosLabel" -}}
{{- if .Values.chaosInjector.enabled -}}
failureaware.dev/chaos: allowed
{{- end -}}
{{- end }}

{{/* An image of ours. Call with (dict "root" $ "component" "verifier"). */}}
{{- define "cdc.image" -}}
{{- $images := .root.Values.images -}}
{{- with $images.registry }}{{ trimSuffix "/" . }}/{{ end -}}
failure-aware-cdc/{{ .component }}:{{ $images.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* What PodSecurity `restricted` asks of a pod. Call with (dict "user" 185). */}}
{{- define "cdc.podSecurity" -}}
runAsNonRoot: true
{{- with .user }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "cdc.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Where a pod runs. Call with (dict "root" $ "component" "verifier"). */}}
{{- define "cdc.scheduling" -}}
{{- $root := .root -}}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $root.Values.scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $root.Values.scheduling.spreadOver }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "cdc.selectorLabels" $ | nindent 8 }}
{{- end }}
{{- end }}

{{/* The same in the words of Strimzi's pod templates. Call with (dict "root" $ "strimziName" "cdc-connect"). */}}
{{- define "cdc.strimziScheduling" -}}
{{- $root := .root -}}
{{- $strimziName := .strimziName -}}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $root.Values.scheduling.nodeSelector }}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            {{- range $key, $value := . }}
            - key: {{ $key }}
              operator: In
              values: [{{ $value | quote }}]
            {{- end }}
{{- end }}
{{- with $root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $root.Values.scheduling.spreadOver }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        strimzi.io/name: {{ $strimziName }}
{{- end }}
{{- end }}

{{/* A number or string as the string that a settings file would hold: 604800000, not 6.048e+08. */}}
{{- define "cdc.settingText" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}
{{ int64 . }}
{{- else -}}
{{ . }}
{{- end -}}
{{- end }}

{{/* Copies of a topic: 3 where there are as many brokers. */}}
{{- define "cdc.replicationFactor" -}}
{{ min 3 (int .Values.kafka.replicas) }}
{{- end }}

{{- define "cdc.minInSync" -}}
{{ ge (int .Values.kafka.replicas) 3 | ternary 2 1 }}
{{- end }}

{{/* Prometheus's annotations are not used: pods are found by PodMonitors. */}}
{{- define "cdc.apiTokenSecret" -}}
{{- .Values.apiToken.existingSecret | default (printf "%s-api-token" (include "cdc.fullname" .)) -}}
{{- end }}

{{/*
Changes when the content of secrets that the user brought changes, so that the next upgrade restarts the pods that read
them. Secrets that the chart generated do not change. Call with (dict "root" $ "secrets" (list NAME …)); "" is skipped.
*/}}
{{- define "cdc.secretChecksum" -}}
{{- $root := .root -}}
{{- $data := list -}}
{{- range .secrets -}}
{{- if . -}}
{{- $secret := lookup "v1" "Secret" $root.Release.Namespace . -}}
{{- $data = append $data (dict "name" . "data" (get ($secret | default dict) "data")) -}}
{{- end -}}
{{- end -}}
{{- if $data -}}
checksum/secrets: {{ toJson $data | sha256sum }}
{{- end -}}
{{- end }}

{{- /* Empty where there shall be none. Must not begin with the captured tables' prefix and a dot. */ -}}
{{- define "cdc.deadLetterTopic" -}}
{{- $topic := .Values.sinkConsumer.deadLetterTopic -}}
{{- if ne $topic "none" -}}
{{- $topic | default (printf "%s-dead-letter" (include "cdc.connector.setting" (dict "root" . "key" "topic.prefix"))) -}}
{{- end -}}
{{- end -}}
