{{/*
One service: ServiceAccount, Deployment, Service, PodDisruptionBudget. Call with a dict:
  root        the chart's context
  component   its name, also of its image
  values      its section of the values: resources, env
  port        its HTTP port
  env         its environment, a YAML list
  volumes, mounts   further volumes and where they are mounted, YAML lists; may be ""
  secrets     names of the secrets that the user brought and that it reads
  strategy    of the Deployment, YAML
  replicas    "" leaves the number to an autoscaler
  labels      further labels of the Deployment, YAML; may be ""
  token       true: may talk to the Kubernetes API
*/}}
{{- define "cdc.workload" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "cdc.fullname" $root) .component -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels:
    {{- include "cdc.labels" . | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "cdc.labels" . | nindent 4 }}
    {{- with .labels }}
    {{- . | nindent 4 }}
    {{- end }}
spec:
  {{- with .replicas }}
  replicas: {{ . }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    {{- .strategy | nindent 4 }}
  selector:
    matchLabels:
      {{- include "cdc.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "cdc.podLabels" . | nindent 8 }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .component }}
        {{- with include "cdc.secretChecksum" . }}
        {{- . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: {{ .token | default false }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: 30
      securityContext:
        {{- include "cdc.podSecurity" (dict "user" $root.Values.runAsUser) | nindent 8 }}
      {{- include "cdc.scheduling" . | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "cdc.image" . }}
          imagePullPolicy: {{ $root.Values.images.pullPolicy }}
          securityContext:
            {{- include "cdc.containerSecurity" . | nindent 12 }}
          ports:
            - name: http
              containerPort: {{ .port }}
          env:
            - name: QUARKUS_HTTP_HOST
              value: 0.0.0.0
            - name: QUARKUS_HTTP_PORT
              value: {{ .port | quote }}
            {{- if $root.Values.logging.json }}
            - name: QUARKUS_LOG_CONSOLE_JSON_ENABLED
              value: "true"
            {{- end }}
            - name: CDC_API_TOKEN
              valueFrom:
                secretKeyRef:
                  name: {{ include "cdc.apiTokenSecret" $root }}
                  key: token
            {{- .env | nindent 12 }}
            {{- range $variable, $value := .values.env }}
            - name: {{ $variable }}
              value: {{ include "cdc.settingText" $value | quote }}
            {{- end }}
          # None of the probes but readiness asks a neighbour, so an outage of one kills nothing here.
          startupProbe:
            httpGet: {path: /q/health/live, port: http}
            periodSeconds: 2
            timeoutSeconds: 5
            failureThreshold: 90
          livenessProbe:
            httpGet: {path: /q/health/live, port: http}
            periodSeconds: 10
            timeoutSeconds: 10
            failureThreshold: 6
          readinessProbe:
            httpGet: {path: /q/health/ready, port: http}
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 1Gi}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels:
    {{- include "cdc.labels" . | nindent 4 }}
spec:
  selector:
    {{- include "cdc.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .port }}
      targetPort: http
---
# One pod at a time, and never none allowed: with a single pod that would only keep a node from being drained.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels:
    {{- include "cdc.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "cdc.selectorLabels" . | nindent 6 }}
{{- end }}
