/** Through which a site's API server is asked during one run, such as `socks5://127.0.0.1:1080`; the tunnel is the driver's. */
export const apiProxyVariable = "EDGEWAVE_API_PROXY";
